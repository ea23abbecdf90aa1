-- Returns the register that continues, and all that were joined into it, one after another, while somebody had them
-- opened. `register` is any of these.
create or replace function joined_with(register uuid) returns setof uuid language sql stable
  set search_path = public, pg_temp as $$
  with recursive up as (
    select o.id, o.joined_into from organisation o where o.id = register
    union select o.id, o.joined_into from up join organisation o on o.id = up.joined_into),
  whole as (
    select up.id from up where up.joined_into is null
    union select o.id from whole join organisation o on o.joined_into = whole.id and o.claimed_at is not null)
  select id from whole order by id
$$;

revoke execute on function joined_with(uuid) from public;
grant execute on function joined_with(uuid) to meldketen_door;
