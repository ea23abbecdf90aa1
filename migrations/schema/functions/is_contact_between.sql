-- Returns whether an agreement between this office and this client has a contact at this address, as it is compared.
create or replace function is_contact_between(office uuid, client uuid, address text) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select exists (
    select from processing_agreement a cross join jsonb_array_elements(a.contacts) c
     where a.processor_id = office and a.controller_id = client and lower(trim(c->>'email')) = address)
$$;

revoke execute on function is_contact_between(uuid, uuid, text) from public;
grant execute on function is_contact_between(uuid, uuid, text) to meldketen_door;
