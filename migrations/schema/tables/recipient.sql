alter table recipient enable row level security;
alter table recipient force row level security;
create policy owned on recipient to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on recipient to meldketen_door using (true) with check (true);
grant select, insert, update, delete on recipient to meldketen_app;
grant select, insert, update on recipient to meldketen_door;
