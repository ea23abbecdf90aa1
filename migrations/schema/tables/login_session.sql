grant select, insert, update on login_session to meldketen_app;
grant select, update, delete on login_session to meldketen_door;

create trigger seat_counts_for_house before insert or delete or update on login_session
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat('user_id');
