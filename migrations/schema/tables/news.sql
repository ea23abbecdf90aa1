alter table news enable row level security;
alter table news force row level security;
create policy owned on news to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on news to meldketen_door using (true) with check (true);
grant select on news to meldketen_app;
grant select, insert, update, delete on news to meldketen_door;
