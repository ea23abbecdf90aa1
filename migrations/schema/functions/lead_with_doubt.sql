-- Leads the agreements of this office to another register, and marks the contacts of these addresses (null: all that
-- have one), in them and in its escalations, to be checked by the office; its history records it, with the version of
-- the client that a page of before shows. The agreements may
-- stay: the new register is then the same one. The caller has locked what is written between them, so that the moment
-- lies after what was planned before, however long the lock took.
create or replace function lead_with_doubt(office uuid, register uuid, new_register uuid, addresses text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  since constant timestamptz := clock_timestamp();
begin
  insert into history_pending (organisation_id, entry)
  select office, row(office, 'agreement', a.id, 'agreement.contacts_led_elsewhere', null, null, null, null,
    (select sum(b.version) from processing_agreement b where b.processor_id = office and b.controller_id = register
                                                         and b.client_number = a.client_number), null,
    jsonb_build_object('client_number', a.client_number), null, null, null)::history_entry
    from processing_agreement a
   where a.processor_id = office and a.controller_id = register and mark_contacts(a.contacts, addresses, since)
     <> a.contacts order by a.id;
  update processing_agreement a
     set contacts = mark_contacts(a.contacts, addresses, since), controller_id = new_register
   where a.processor_id = office and a.controller_id = register;
  update escalation e set contacts = mark_contacts(e.contacts, addresses, since), led_elsewhere_at = since
   where e.processor_id = office and e.controller_id = register;
end $$;

revoke execute on function lead_with_doubt(uuid, uuid, uuid, text[]) from public;
grant execute on function lead_with_doubt(uuid, uuid, uuid, text[]) to meldketen_door;
