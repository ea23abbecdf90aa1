alter table history_seen enable row level security;
alter table history_seen force row level security;
create policy owned on history_seen to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on history_seen to meldketen_door using (true) with check (true);
grant select, insert, update on history_seen to meldketen_app;
grant select, insert, update on history_seen to meldketen_door;
