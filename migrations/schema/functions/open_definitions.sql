-- Returns which definitions open runs have. It looks up one definition after another, so it takes as many look-ups as
-- there are definitions.
create or replace function open_definitions() returns table (workflow text, version integer)
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select r.workflow, r.version from run r where r.state = 'running' order by r.workflow, r.version limit 1)
    union all
    select following.* from found cross join lateral (
      select r.workflow, r.version from run r
       where r.state = 'running' and (r.workflow, r.version) > (found.workflow, found.version)
       order by r.workflow, r.version limit 1) following)
  select found.workflow, found.version from found
$$;

alter function open_definitions() owner to meldketen_door;
revoke execute on function open_definitions() from public;
grant execute on function open_definitions() to meldketen_app;
