alter table mail_count enable row level security;
alter table mail_count force row level security;
create policy owned on mail_count to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on mail_count to meldketen_door using (true) with check (true);
grant select on mail_count to meldketen_app;
grant select, insert, update, delete on mail_count to meldketen_door;
