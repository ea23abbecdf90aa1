alter table consent enable row level security;
alter table consent force row level security;
create policy both_read on consent for select to meldketen_app
  using (controller_id = (select nullif(current_setting('app.organisation', true), '')::uuid) or
         (state = 'accepted'
          and processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid)));
create policy door on consent to meldketen_door using (true) with check (true);
grant select on consent to meldketen_app;
grant select, insert, update on consent to meldketen_door;

create trigger seat_counts_for_house before insert or update on consent
  for each row
  when (current_setting('app.person', true) <> '' and new.state <> 'asked'
        and new.controller_id = acting_organisation())
  execute function refuse_waiting_seat();
