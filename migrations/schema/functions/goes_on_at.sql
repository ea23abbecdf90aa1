-- Returns, for the owner of the database, the address of the register that continues where the one at this address
-- was joined. Null: it was not joined, or there is none.
create or replace function goes_on_at(at_slug text) returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select up.slug from organisation o cross join lateral joined_with(o.id) w join organisation up on up.id = w
   where o.slug = at_slug and o.joined_into is not null and up.joined_into is null
$$;

alter function goes_on_at(text) owner to meldketen_door;
revoke execute on function goes_on_at(text) from public;
grant execute on function goes_on_at(text) to meldketen_owner;
