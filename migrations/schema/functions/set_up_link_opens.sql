-- Returns whether this link sets up the installation now: it is the newest one, and no organisation exists.
create or replace function set_up_link_opens(hash bytea) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from set_up_link l where l.token_hash = hash and l.expires_at > now())
     and not exists (select from organisation)
$$;

alter function set_up_link_opens(bytea) owner to meldketen_door;
revoke execute on function set_up_link_opens(bytea) from public;
grant execute on function set_up_link_opens(bytea) to meldketen_app;
