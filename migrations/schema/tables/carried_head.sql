alter table carried_head enable row level security;
alter table carried_head force row level security;
create policy owned on carried_head to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on carried_head to meldketen_door using (true) with check (true);
grant select on carried_head to meldketen_app;
grant select, insert on carried_head to meldketen_door;

create trigger never_emptied before truncate on carried_head for each statement execute function keep_history();

create trigger written_once before update or delete on carried_head for each row execute function keep_history();
