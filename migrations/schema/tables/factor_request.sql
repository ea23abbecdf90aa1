grant select, insert, update on factor_request to meldketen_app;
grant select on factor_request to meldketen_door;

create trigger seat_counts_for_house before insert or delete or update on factor_request
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat();

create trigger stops_once before insert or update of stopped_in on factor_request for each row
  when (new.stopped_in is not null and new.asked_in is distinct from new.stopped_in)
  execute function keep_a_stop_to_once();
