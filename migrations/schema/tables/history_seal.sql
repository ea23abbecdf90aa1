alter table history_seal enable row level security;
alter table history_seal force row level security;
create policy owned on history_seal to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on history_seal to meldketen_door using (true) with check (true);
grant select on history_seal to meldketen_app;
grant select, insert on history_seal to meldketen_door;
