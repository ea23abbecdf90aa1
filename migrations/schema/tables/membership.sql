grant select, insert, update, delete on membership to meldketen_app;
grant select on membership to meldketen_door;

create trigger owner_has_a_day before update of ends_from on membership for each row
  when (new.ends_from is not null and new.ends_from is distinct from old.ends_from
        and current_setting('app.person', true) <> '')
  execute function keep_a_day_to_object();

create trigger owner_has_a_day_in_role before update of role on membership for each row
  when (old.role = 'owner' and new.role <> 'owner' and coalesce(old.counts_from, '-infinity') <= now()
        and current_setting('app.person', true) <> ''
        and old.user_id::text <> current_setting('app.person', true))
  execute function keep_an_owner_for_a_day();

create trigger owner_has_a_day_to_go before delete on membership for each row
  when (old.role = 'owner' and coalesce(old.counts_from, '-infinity') <= now()
        and current_setting('app.person', true) <> ''
        and old.user_id::text <> current_setting('app.person', true))
  execute function keep_an_owner_for_a_day();

create trigger owner_is_asked_once_a_day
  before update of ends_from, end_asked_by, end_asked_at, end_taken_back_by on membership for each row
  when (current_setting('app.person', true) <> '') execute function keep_who_asked();

create trigger seat_counts_for_house before insert or delete or update on membership
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat();
