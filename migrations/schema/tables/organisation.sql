alter table organisation enable row level security;
alter table organisation force row level security;
create policy itself on organisation to meldketen_app
  using (id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on organisation to meldketen_door using (true) with check (true);
grant select on organisation to meldketen_app;
grant select, insert, update on organisation to meldketen_door;
grant update (
  name, trade_names, visiting_street, visiting_postcode, visiting_town, visiting_country,
  postal_street, postal_postcode, postal_town, postal_country, sector, size,
  fg_name, fg_email, fg_phone, fg_number, without_fg, financial_undertaking, locale,
  sender_name, reply_address, reply_asked_by, reply_in_use, reply_confirmed_at, reply_link_hash, reply_link_ends_at,
  closed_weekdays, closed_periods, settings_version
) on organisation to meldketen_app;

create trigger begins_history after insert on organisation referencing new table as fresh
  for each statement execute function begin_history();

create trigger keep_as_registered before update of claimed_at on organisation for each row
  when (old.claimed_at is null and new.claimed_at is not null and new.made_by is not null)
  execute function keep_as_registered();

create trigger notices_of_unproven after update of verified_at on organisation
  for each row when (old.verified_at is not null and new.verified_at is null) execute function hold_notices();

create trigger proven_name before update of name, verified_at on organisation
  for each row execute function keep_proven_name();

create trigger remember_joining after update of joined_into on organisation for each row
  when (old.joined_into is distinct from new.joined_into) execute function remember_joining();

create trigger seat_counts_for_house before update of joined_into, verified_at, name_checked on organisation
  for each row when (current_setting('app.person', true) <> '') execute function refuse_waiting_seat();
