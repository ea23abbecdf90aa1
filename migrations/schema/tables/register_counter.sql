alter table register_counter enable row level security;
alter table register_counter force row level security;
create policy owned on register_counter to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on register_counter to meldketen_door using (true) with check (true);
grant select, insert, update on register_counter to meldketen_app;
grant select, insert, update on register_counter to meldketen_door;
