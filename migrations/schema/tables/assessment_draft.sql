alter table assessment_draft enable row level security;
alter table assessment_draft force row level security;
create policy owned on assessment_draft to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on assessment_draft to meldketen_door using (true) with check (true);
grant select, insert, update, delete on assessment_draft to meldketen_app;
grant select, update, delete on assessment_draft to meldketen_door;

create trigger not_in_a_joined_register before insert or update on assessment_draft
  for each statement
  execute function refuse_where_joined();
