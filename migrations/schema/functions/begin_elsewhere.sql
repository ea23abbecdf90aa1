-- Begins these escalations of an office to one register anew in another: they wait for delivery and receipt again,
-- both histories record it, the breaches stand in the new register as the office stated them, and links to the old
-- one end. The caller has locked all of it, and leads the escalations themselves elsewhere after it. Returns how many
-- breaches.
create or replace function begin_elsewhere(office uuid, old_register uuid, new_register uuid, receipts jsonb,
  sent uuid[]) returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  n integer;
begin
  insert into history_pending (organisation_id, entry)
  select (line.entry).organisation_id, line.entry from escalation e cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.begun_anew', null, null, null, null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
                         'informed_at', e.informed_at, 'informed_how', e.informed_how),
      null, null, null)::history_entry),
    (row(old_register, 'breach', e.breach_id, 'breach.office_left', null, null, null, null, null, null,
      jsonb_build_object('by', (select name from organisation where id = office)),
      null, null, null)::history_entry)) as line(entry)
   where e.processor_id = office and e.id = any (sent) order by e.id;
  perform wait_for_receipt_again(office, sent, receipts);
  n := state_breaches(office, old_register, new_register, sent);
  update invitation i set expires_at = now() from escalation e  -- a used link shows the breach until it lapses
   where e.processor_id = office and e.id = any (sent) and i.organisation_id = old_register
     and i.breach_id = e.breach_id and i.expires_at > now();
  return n;
end $$;

revoke execute on function begin_elsewhere(uuid, uuid, uuid, jsonb, uuid[]) from public;
grant execute on function begin_elsewhere(uuid, uuid, uuid, jsonb, uuid[]) to meldketen_door;
