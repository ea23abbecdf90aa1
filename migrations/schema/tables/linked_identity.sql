alter table linked_identity enable row level security;
alter table linked_identity force row level security;
create policy owned on linked_identity to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on linked_identity to meldketen_door using (true) with check (true);
grant select, insert, delete on linked_identity to meldketen_app;
grant select on linked_identity to meldketen_door;

create trigger seat_counts_for_house before insert or delete or update on linked_identity
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat('user_id');
