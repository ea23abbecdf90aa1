alter table turn_mail enable row level security;
alter table turn_mail force row level security;
create policy owned on turn_mail to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on turn_mail to meldketen_door using (true) with check (true);
grant select on turn_mail to meldketen_app;
grant select, insert, update, delete on turn_mail to meldketen_door;
