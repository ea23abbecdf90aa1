-- Returns, of these addresses, those that an office which may write to the acting organisation has for a contact of it,
-- with the id of what that office knows of the address. Mail from its own register that returns then marks the contact
-- at the office too (note_contact_mail). Where several offices have it, the first stands for all.
create or replace function contacts_at_offices(addresses text[]) returns table (address text, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (s.address) s.address, s.id
    from (select distinct a.processor_id from processing_agreement a where a.controller_id = acting_organisation()) o
    join contact_standing s on s.organisation_id = o.processor_id and s.address = any (addresses)
   where may_write_about(o.processor_id, acting_organisation())
     and is_contact_between(o.processor_id, acting_organisation(), s.address)
   order by s.address, s.organisation_id
$$;

alter function contacts_at_offices(text[]) owner to meldketen_door;
revoke execute on function contacts_at_offices(text[]) from public;
grant execute on function contacts_at_offices(text[]) to meldketen_app;
