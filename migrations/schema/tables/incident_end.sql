alter table incident_end enable row level security;
alter table incident_end force row level security;
create policy owned on incident_end to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on incident_end to meldketen_door using (true) with check (true);
grant select, insert on incident_end to meldketen_app;
grant select, insert, update on incident_end to meldketen_door;

create trigger not_in_a_joined_register before insert or update on incident_end
  for each statement
  execute function refuse_where_joined();
