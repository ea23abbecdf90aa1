-- Returns the name of the office that registered the acting organisation, as long as it has an agreement with it.
create or replace function registered_by() returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select office.name from organisation o join organisation office on office.id = o.made_by
   where o.id = acting_organisation()
     and exists (select from processing_agreement a where a.processor_id = office.id and a.controller_id = o.id)
$$;

alter function registered_by() owner to meldketen_door;
revoke execute on function registered_by() from public;
grant execute on function registered_by() to meldketen_app;
