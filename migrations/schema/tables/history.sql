alter table history enable row level security;
alter table history force row level security;
create policy owned on history to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on history to meldketen_door using (true) with check (true);
grant select on history to meldketen_app;
grant select, insert on history to meldketen_door;

create trigger never_emptied before truncate on history for each statement execute function keep_history();

create trigger written_once before update or delete on history for each row execute function keep_history();
