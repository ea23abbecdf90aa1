grant select, insert, update on invitation to meldketen_app;
grant select, update, delete on invitation to meldketen_door;
grant update (organisation_id, expires_at, receipt_stated_at) on invitation to meldketen_door;

create trigger seat_counts_for_house before insert or update on invitation
  for each row
  when ((current_setting('app.person', true) <> '') and (new.breach_id is null))
  execute function refuse_waiting_seat();
