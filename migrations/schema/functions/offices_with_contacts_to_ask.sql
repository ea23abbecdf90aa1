-- Returns the admitted offices with an address that it is time to look at: ask whether it is still the contact's, or
-- ask once more. Their order is random, so that none is always beyond the limit.
create or replace function offices_with_contacts_to_ask(most integer)
returns setof uuid language sql volatile security definer set search_path = public, pg_temp as $$
  select due.organisation_id
    from (select distinct s.organisation_id from contact_standing s where s.next_at <= now()) due
   where is_admitted(due.organisation_id) order by random() limit most
$$;

alter function offices_with_contacts_to_ask(integer) owner to meldketen_door;
revoke execute on function offices_with_contacts_to_ask(integer) from public;
grant execute on function offices_with_contacts_to_ask(integer) to meldketen_app;
