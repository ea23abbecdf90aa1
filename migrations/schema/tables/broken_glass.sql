alter table broken_glass enable row level security;
alter table broken_glass force row level security;
create policy owned on broken_glass to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on broken_glass to meldketen_door using (true) with check (true);
grant select, insert on broken_glass to meldketen_app;
grant select, insert on broken_glass to meldketen_door;
grant update (reviewed_by, reviewed_for, reviewed_by_name, reviewed_at, review) on broken_glass to meldketen_app;

create trigger glass_is_an_owners before insert on broken_glass
  for each row when (current_user <> 'meldketen_door') execute function keep_glass_for_owners();

create trigger glass_is_reviewed_once before update on broken_glass
  for each row when (old.reviewed_at is not null) execute function refuse_change();

create trigger not_in_a_joined_register before insert or update on broken_glass
  for each statement
  execute function refuse_where_joined();

create trigger seat_counts_for_glass before insert on broken_glass
  for each row when (current_user <> 'meldketen_door') execute function keep_new_deciders_from_the_glass();

create trigger seat_counts_for_review before update on broken_glass
  for each row when (old.reviewed_at is null and new.reviewed_at is not null and current_user <> 'meldketen_door')
  execute function keep_new_reviewers_waiting();

create trigger second_person before insert on broken_glass
  for each row when (current_user <> 'meldketen_door') execute function keep_a_second_person();
