alter table mail_event enable row level security;
alter table mail_event force row level security;
create policy owned on mail_event to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on mail_event to meldketen_door using (true) with check (true);
grant select, insert on mail_event to meldketen_app;
grant select, insert, update on mail_event to meldketen_door;
