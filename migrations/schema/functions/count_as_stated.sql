-- Lets a machine's step count those of these breaches whose moment an office stated and that have no counted moment
-- yet.
create or replace function count_as_stated(register uuid, breaches uuid[]) returns void
language sql set search_path = public, pg_temp as $$
  with counted as (
    insert into run (organisation_id, workflow, version, subject_id)
    select register, 'begun_anew', 1, b.id from breach b
     where b.organisation_id = register and b.id = any (breaches)
       and b.stated_aware_at is not null and b.became_aware_at is null order by b.id
    on conflict (organisation_id, subject_id, workflow) do update set state = 'running', finished_at = null
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, round, kind, state)
  select c.organisation_id, c.id, 'count', 1 + (select coalesce(max(s.round), 0) from step s
           where s.organisation_id = c.organisation_id and s.run_id = c.id and s.name = 'count'), 'job', 'ready'
    from counted c
$$;

revoke execute on function count_as_stated(uuid, uuid[]) from public;
grant execute on function count_as_stated(uuid, uuid[]) to meldketen_door;
