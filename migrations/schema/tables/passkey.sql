grant select, insert, update, delete on passkey to meldketen_app;

create trigger owner_has_a_day before delete on passkey
  for each row
  when ((current_setting('app.person', true) <> '') and ((old.user_id)::text <> current_setting('app.person', true)))
  execute function keep_an_owners_factor_for_a_day();

create trigger seat_counts_for_house before insert or delete or update on passkey
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat('user_id');
