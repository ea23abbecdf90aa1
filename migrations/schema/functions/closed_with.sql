-- Returns, for the owner of the database, the registers that a release of this one closed: itself and those joined
-- into it.
create or replace function closed_with(register uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select joined_with(register)
$$;

alter function closed_with(uuid) owner to meldketen_door;
revoke execute on function closed_with(uuid) from public;
grant execute on function closed_with(uuid) to meldketen_owner;
