-- Keeps that the acting organisation's incident is open again: its end no longer stands, because a client of it is not
-- informed any more. Returns whether an end stood. Nothing else of an end is ever changed.
create or replace function open_incident_again(incident uuid)
returns boolean language sql volatile security definer set search_path = public, pg_temp as $$
  with opened as (
    update incident_end x set reopened_at = now()
     where x.organisation_id = acting_organisation() and x.incident_id = incident and x.reopened_at is null
       and exists (select from escalation u where u.processor_id = x.organisation_id and u.incident_id = x.incident_id
                      and u.informed_at is null)
    returning x.number)
  select exists (select from opened)
$$;

alter function open_incident_again(uuid) owner to meldketen_door;
revoke execute on function open_incident_again(uuid) from public;
grant execute on function open_incident_again(uuid) to meldketen_app;
