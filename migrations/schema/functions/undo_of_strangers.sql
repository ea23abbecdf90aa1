-- Undoes what a stranger did in a register: the office waits for delivery and receipt again, as where a register
-- leads elsewhere. addresses: those through which the stranger came; null: not known. leads_to: where the agreements
-- lead from now on.
create or replace function undo_of_strangers(office uuid, register uuid, leads_to uuid, addresses text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  sent uuid[];
begin
  perform lock_between(array[office], array[register]);
  sent := array(select e.id from escalation e
                 where e.processor_id = office and e.controller_id = register order by e.id);
  insert into history_pending (organisation_id, entry)
  select (entry.e).organisation_id, entry.e from escalation e
    join breach b on b.organisation_id = register and b.id = e.breach_id cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
                         'informed_at', e.informed_at, 'informed_how', e.informed_how),
      null, null, null)::history_entry),
    (row(register, 'breach', e.breach_id, 'breach.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
        'became_aware_at', b.became_aware_at, 'aware_how', b.aware_how, 'due_at', b.due_at,
        'moved_term', b.moved_term, 'facts', b.facts, 'people_min', b.people_min, 'people_max', b.people_max,
        'people_estimate', b.people_estimate,
        'done_alone_not_reviewed', (select count(*) from broken_glass g
          join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
          left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
         where g.organisation_id = register and g.reviewed_at is null
           and coalesce(n.breach_id, r.subject_id) = e.breach_id)),
      null, null, null)::history_entry)) as entry(e)
   where e.processor_id = office and e.id = any (sent) order by e.id;
  perform end_notices(register);
  perform open_breaches_anew(office, register);
  perform lead_with_doubt(office, register, leads_to, addresses);
  perform wait_for_receipt_again(office, sent, '{}');
end $$;

revoke execute on function undo_of_strangers(uuid, uuid, uuid, text[]) from public;
grant execute on function undo_of_strangers(uuid, uuid, uuid, text[]) to meldketen_door;
