alter table agreed_service enable row level security;
alter table agreed_service force row level security;
create policy both_read on agreed_service for select to meldketen_app
  using (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid) or
         controller_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy processor_writes on agreed_service for update to meldketen_app
  using (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on agreed_service to meldketen_door using (true) with check (true);
grant select on agreed_service to meldketen_app;
grant select, insert, update, delete on agreed_service to meldketen_door;
