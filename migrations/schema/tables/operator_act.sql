alter table operator_act enable row level security;
alter table operator_act force row level security;
create policy owned on operator_act to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on operator_act to meldketen_door using (true) with check (true);
grant select on operator_act to meldketen_app;
grant select, insert, update on operator_act to meldketen_door;
