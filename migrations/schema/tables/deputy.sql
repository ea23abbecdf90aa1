alter table deputy enable row level security;
alter table deputy force row level security;
create policy owned on deputy to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on deputy to meldketen_door using (true) with check (true);
grant select, insert on deputy to meldketen_app;
grant select on deputy to meldketen_door;
grant update (ended_at, ended_by) on deputy to meldketen_app;

create trigger deputy_ends_once before update on deputy
  for each row when (old.ended_at is not null) execute function refuse_change();

create trigger not_in_a_joined_register before insert or update on deputy
  for each statement
  execute function refuse_where_joined();

create trigger seat_counts_for_house before insert or delete or update on deputy
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat();
