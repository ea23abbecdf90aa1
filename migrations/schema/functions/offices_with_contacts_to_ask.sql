-- Returns the admitted offices with an address that it is time to look at: ask whether it is still the contact's, or
-- ask once more. Each admitted office is looked at once, however many rows of others are due. Their order is random, so
-- that none is always beyond the limit.
create or replace function offices_with_contacts_to_ask(most integer)
returns setof uuid language sql volatile security definer set search_path = public, pg_temp as $$
  select a.organisation_id from admission a
   where a.state = 'admitted' and exists (
     select from contact_standing s where s.organisation_id = a.organisation_id and s.next_at <= now())
   order by random() limit most
$$;

alter function offices_with_contacts_to_ask(integer) owner to meldketen_door;
revoke execute on function offices_with_contacts_to_ask(integer) from public;
grant execute on function offices_with_contacts_to_ask(integer) to meldketen_app;
