alter table uploaded_part enable row level security;
alter table uploaded_part force row level security;
create policy owned on uploaded_part to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on uploaded_part to meldketen_door using (true) with check (true);
grant select, insert, update, delete on uploaded_part to meldketen_app;
grant select, delete on uploaded_part to meldketen_door;

create trigger not_in_a_joined_register before insert or update on uploaded_part
  for each statement
  execute function refuse_where_joined();
