alter table admission enable row level security;
alter table admission force row level security;
create policy owned on admission for select to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on admission to meldketen_door using (true) with check (true);
grant select on admission to meldketen_app;
grant select, insert, update on admission to meldketen_door;
