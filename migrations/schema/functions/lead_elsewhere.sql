-- An office's agreements and what it escalated lead from a register that somebody opened to another one. What was done
-- there stays there, readable, and says so. The contacts through which somebody came wait for the office's word.
create or replace function lead_elsewhere(office uuid, old_register uuid, new_register uuid, receipts jsonb)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  told uuid[];
  n integer;
begin
  perform lock_between(office, old_register);
  told := array(select e.id from escalation e
                 where e.processor_id = office and e.controller_id = old_register order by e.id);
  insert into history_pending (organisation_id, entry)
  select (line.entry).organisation_id, line.entry from escalation e cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.begun_anew', null, null, null, null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
                         'informed_at', e.informed_at, 'informed_how', e.informed_how),
      null, null, null)::history_entry),
    (row(old_register, 'breach', e.breach_id, 'breach.office_left', null, null, null, null, null, null,
      jsonb_build_object('by', (select name from organisation where id = office)),
      null, null, null)::history_entry)) as line(entry)
   where e.processor_id = office and e.id = any (told) order by e.id;
  perform wait_for_receipt_again(office, told, receipts);
  n := state_breaches(office, old_register, new_register);
  update invitation i set expires_at = now() from escalation e  -- a used link shows the breach until it lapses
   where e.processor_id = office and e.id = any (told) and i.organisation_id = old_register
     and i.breach_id = e.breach_id and i.expires_at > now();
  perform lead_with_doubt(office, old_register, new_register, came_through(office, old_register));
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and id = any (told);
  update consent set state = 'ended', ended_at = now()
   where controller_id = old_register and processor_id = office and state <> 'ended';
  return n;
end $$;

revoke execute on function lead_elsewhere(uuid, uuid, uuid, jsonb) from public;
grant execute on function lead_elsewhere(uuid, uuid, uuid, jsonb) to meldketen_door;
