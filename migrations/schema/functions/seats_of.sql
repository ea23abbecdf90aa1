-- Returns where a person has a seat; a register that was joined into another is left out, because nothing is decided
-- there.
create or replace function seats_of(who uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organisation_id from membership m join organisation o on o.id = m.organisation_id
   where m.user_id = who and o.joined_into is null
$$;

alter function seats_of(uuid) owner to meldketen_door;
revoke execute on function seats_of(uuid) from public;
grant execute on function seats_of(uuid) to meldketen_app;
