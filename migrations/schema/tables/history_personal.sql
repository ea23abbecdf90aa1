alter table history_personal enable row level security;
alter table history_personal force row level security;
create policy owned on history_personal to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on history_personal to meldketen_door using (true) with check (true);
grant select on history_personal to meldketen_app;
grant select, insert, update on history_personal to meldketen_door;
