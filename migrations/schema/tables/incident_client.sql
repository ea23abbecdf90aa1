alter table incident_client enable row level security;
alter table incident_client force row level security;
create policy owned on incident_client to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on incident_client to meldketen_door using (true) with check (true);
grant select, insert on incident_client to meldketen_app;
grant select, insert, update on incident_client to meldketen_door;

create trigger hits_of_admitted_offices after insert on incident_client referencing new table as changed
  for each statement execute function refuse_unless_admitted();
