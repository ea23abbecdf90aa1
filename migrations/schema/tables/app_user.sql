grant select, insert, update on app_user to meldketen_app;
grant select on app_user to meldketen_door;

create trigger seat_counts_for_house before insert or delete or update on app_user
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat('id');
