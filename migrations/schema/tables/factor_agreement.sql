grant select, insert on factor_agreement to meldketen_app;

create trigger seat_counts_for_house before insert or delete or update on factor_agreement
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat();
