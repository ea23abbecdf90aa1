-- Opens, for a run in this register or another, the same workflow from its first step. With with_clock its clocks run
-- from where they ran, because they rest on the office's statement (a moment that is past is heard); else they wait
-- for a moment.
create or replace function open_stated_run(r run, at_register uuid, with_clock boolean) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  fresh constant uuid := uuidv7();
begin
  insert into run (organisation_id, id, workflow, version, subject_id)
  values (at_register, fresh, r.workflow, r.version, r.subject_id);
  insert into step (organisation_id, run_id, name, kind, state)
  select at_register, fresh, s.name, s.kind, 'waiting' from step s
   where s.organisation_id = r.organisation_id and s.run_id = r.id order by s.created_at, s.id limit 1;
  insert into clock (organisation_id, run_id, name, state, moments)
  select at_register, fresh, c.name, 'waiting', '{}' from clock c
   where c.organisation_id = r.organisation_id and c.run_id = r.id and (not with_clock or c.alarm_at is null);
  insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, heard, next_at)
  select at_register, fresh, c.name, 'running', c.started_at, c.alarm_at, c.due_at, c.moments, past.n,
         c.moments[past.n + 1]
    from clock c cross join lateral (select greatest(0, least(cardinality(c.moments) - 1,
           (select count(*)::integer from unnest(c.moments) m where m <= now()))) as n) past
   where c.organisation_id = r.organisation_id and c.run_id = r.id and with_clock and c.alarm_at is not null;
end $$;

revoke execute on function open_stated_run(run, uuid, boolean) from public;
grant execute on function open_stated_run(run, uuid, boolean) to meldketen_door;
