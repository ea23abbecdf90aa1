alter table verification_letter enable row level security;
alter table verification_letter force row level security;
create policy owned on verification_letter to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on verification_letter to meldketen_door using (true) with check (true);
grant select on verification_letter to meldketen_app;
grant select, insert, update on verification_letter to meldketen_door;

create trigger seat_counts_for_house before update on verification_letter
  for each row when (current_setting('app.person', true) <> '') execute function refuse_waiting_seat();
