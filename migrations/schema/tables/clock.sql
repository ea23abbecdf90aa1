alter table clock enable row level security;
alter table clock force row level security;
create policy owned on clock to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on clock to meldketen_door using (true) with check (true);
grant select, insert, update on clock to meldketen_app;
grant select, insert, update on clock to meldketen_door;
