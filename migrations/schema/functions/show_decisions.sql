-- Shows again on the office's board what the register had decided about these breaches, and records that in its
-- history.
create or replace function show_decisions(office uuid, register uuid, breaches uuid[]) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  update escalation e set decision = outcome_of(b), decided_at = coalesce(b.submitted_at, b.decided_at),
      decided_alone = is_decided_alone(register, b.id)
    from breach b
   where e.processor_id = office and e.breach_id = any (breaches) and b.organisation_id = register
     and b.id = e.breach_id and outcome_of(b) is not null;
  insert into history_pending (organisation_id, entry)
  select office, row(office, 'escalation', e.id, 'escalation.decided', null, null, 'controller', null, null, null,
    jsonb_build_object('by', (select name from organisation where id = register), 'decision', e.decision)
      || case when e.decided_alone then '{"alone": true}'::jsonb else '{}' end, null, null, null)::history_entry
    from escalation e join breach b on b.organisation_id = register and b.id = e.breach_id
   where e.processor_id = office and e.breach_id = any (breaches) and outcome_of(b) is not null order by e.id;
end $$;

revoke execute on function show_decisions(uuid, uuid, uuid[]) from public;
grant execute on function show_decisions(uuid, uuid, uuid[]) to meldketen_door;
