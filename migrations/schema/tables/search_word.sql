alter table search_word enable row level security;
alter table search_word force row level security;
create policy owned on search_word to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on search_word to meldketen_door using (true) with check (true);
grant select on search_word to meldketen_app;
grant select, insert, update, delete on search_word to meldketen_door;
