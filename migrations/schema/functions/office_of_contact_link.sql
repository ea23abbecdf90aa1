-- Returns the office whose mail has the link with this hash of a token, while the link lives and the address
-- stands in an agreement; null for any other.
create or replace function office_of_contact_link(token bytea) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select s.organisation_id from contact_standing s
   where (s.token_hash = token or s.earlier_token_hash = token) and s.token_expires_at > now() and s.left_at is null
$$;

alter function office_of_contact_link(bytea) owner to meldketen_door;
revoke execute on function office_of_contact_link(bytea) from public;
grant execute on function office_of_contact_link(bytea) to meldketen_app;
