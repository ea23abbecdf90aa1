-- Returns the organisations where a clock process has something to do: a clock's moment has come, people must be told
-- that a step waits for them, a step or a clock has failed, or the last event about a notice's reader did not come.
-- Their order is random, so that none is always beyond the limit.
-- known: "name@version" of each definition that this build has. Work of another definition takes no place in the
-- result, because this build could not do it.
create or replace function organisations_with_due_clocks(known text[], most integer)
returns table (organisation_id uuid) language sql volatile security definer set search_path = public, pg_temp as $$
  with workflows as (select array_agg(distinct split_part(k, '@', 1)) as names from unnest(known) k)
  select due.organisation_id from (
    select c.organisation_id from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
     where c.next_at <= now() and concat(r.workflow, '@', r.version) = any (known)
    union select s.organisation_id from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
     where s.kind = 'human' and s.state = 'waiting' and s.turn_at <= now()
       and concat(r.workflow, '@', r.version) = any (known)
    union select s.organisation_id from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
     where s.state = 'failed' and s.told_at is null and r.workflow = any ((select names from workflows)::text[])
    union select c.organisation_id from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
     where c.state = 'running' and c.failed_at is not null and c.told_at is null
       and r.workflow = any ((select names from workflows)::text[])
    union select n.organisation_id from notice n where n.look_at <= now()) due
   order by random() limit most
$$;

alter function organisations_with_due_clocks(text[], integer) owner to meldketen_door;
revoke execute on function organisations_with_due_clocks(text[], integer) from public;
grant execute on function organisations_with_due_clocks(text[], integer) to meldketen_app;
