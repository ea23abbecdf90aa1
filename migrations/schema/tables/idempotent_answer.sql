alter table idempotent_answer enable row level security;
alter table idempotent_answer force row level security;
create policy owned on idempotent_answer to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on idempotent_answer to meldketen_door using (true) with check (true);
grant select, insert, update on idempotent_answer to meldketen_app;
grant select, insert, update, delete on idempotent_answer to meldketen_door;
