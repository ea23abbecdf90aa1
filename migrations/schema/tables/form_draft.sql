alter table form_draft enable row level security;
alter table form_draft force row level security;
-- Whoever acts as a person reaches their own drafts alone. A machine, such as the one that renews keys, names nobody.
create policy owned on form_draft to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid)
         and user_id = coalesce((select nullif(current_setting('app.person', true), '')::uuid), user_id))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid)
              and user_id = coalesce((select nullif(current_setting('app.person', true), '')::uuid), user_id));
create policy door on form_draft to meldketen_door using (true) with check (true);
grant select, insert, update, delete on form_draft to meldketen_app;
grant select, update, delete on form_draft to meldketen_door;

create trigger not_in_a_joined_register before insert or update on form_draft
  for each statement
  execute function refuse_where_joined();
