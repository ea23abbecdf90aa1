alter table uploaded_file enable row level security;
alter table uploaded_file force row level security;
create policy owned on uploaded_file to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on uploaded_file to meldketen_door using (true) with check (true);
grant select, insert, update, delete on uploaded_file to meldketen_app;
grant select, update, delete on uploaded_file to meldketen_door;

create trigger not_in_a_joined_register before insert or update on uploaded_file
  for each statement
  execute function refuse_where_joined();
