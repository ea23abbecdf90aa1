alter table chosen_columns enable row level security;
alter table chosen_columns force row level security;
create policy owned on chosen_columns to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on chosen_columns to meldketen_door using (true) with check (true);
grant select, insert, update, delete on chosen_columns to meldketen_app;
grant select, update, delete on chosen_columns to meldketen_door;

create trigger not_in_a_joined_register before insert or update on chosen_columns
  for each statement
  execute function refuse_where_joined();
