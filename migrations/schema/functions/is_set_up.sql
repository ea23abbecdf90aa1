-- Returns whether this installation has an organisation.
create or replace function is_set_up() returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from organisation)
$$;

alter function is_set_up() owner to meldketen_door;
revoke execute on function is_set_up() from public;
grant execute on function is_set_up() to meldketen_app;
