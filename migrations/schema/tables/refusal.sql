alter table refusal enable row level security;
alter table refusal force row level security;
create policy owned on refusal to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
grant select, insert on refusal to meldketen_app;
grant update (minutes, last_at) on refusal to meldketen_app;
