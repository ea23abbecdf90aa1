-- Records in the history of the client what the acting office changed in this agreement between the two.
create or replace function tell_client(a processing_agreement, what text, details jsonb) returns void language sql
  set search_path = public, pg_temp as $$
  select record_across(a.controller_id, 'agreement', a.id, what, null, null, 'processor', null,
                       jsonb_build_object('by', o.name, 'client_number', a.client_number) || details)
    from organisation o where o.id = a.processor_id
$$;

revoke execute on function tell_client(processing_agreement, text, jsonb) from public;
grant execute on function tell_client(processing_agreement, text, jsonb) to meldketen_door;
