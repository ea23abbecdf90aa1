-- Records in the history of the acting office's client that the office added, replaced or confirmed a contact in this
-- agreement between the two, or changed the list of them. The app cannot write there itself. Nothing about
-- the contact is told.
create or replace function remember_contact(agreement uuid, what text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if what not in ('agreement.contact_added', 'agreement.contact_replaced', 'agreement.contact_confirmed',
                  'agreement.contacts_changed') then
    raise insufficient_privilege using message = 'only a change of a contact';
  end if;
  perform record_across(a.controller_id, 'agreement', a.id, remember_contact.what, null, null, 'processor', null,
                        jsonb_build_object('by', o.name))
     from processing_agreement a join organisation o on o.id = a.processor_id
    where a.processor_id = acting_organisation() and a.id = agreement;
end $$;

alter function remember_contact(uuid, text) owner to meldketen_door;
revoke execute on function remember_contact(uuid, text) from public;
grant execute on function remember_contact(uuid, text) to meldketen_app;
