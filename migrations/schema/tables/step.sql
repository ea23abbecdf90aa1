alter table step enable row level security;
alter table step force row level security;
create policy owned on step to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on step to meldketen_door using (true) with check (true);
grant select, insert on step to meldketen_app;
grant select, insert, update on step to meldketen_door;
grant update (state, ready_at, attempt, lease_token, lease_until, error, outcome, reason, done_by, done_by_name,
  done_at, done_nth, told_at, done_for, alike) on step to meldketen_app;

create trigger approved_by_another before insert or update on step
  for each row when (new.kind = 'human' and new.name in ('approve', 'release') and new.state = 'done'
                     and new.outcome is distinct from 'returned' and current_user <> 'meldketen_door')
  execute function approve_unprepared();

create trigger four_eyes_stay before update on step
  for each row when (old.kind = 'human' and old.state = 'done') execute function keep_four_eyes();

create trigger four_eyes_when_done before insert or update on step
  for each row when (new.kind = 'human' and new.state = 'done' and current_user <> 'meldketen_door')
  execute function keep_four_eyes();

create trigger seat_counts_when_done before insert or update on step
  for each row when (new.kind = 'human' and new.state = 'done' and current_user <> 'meldketen_door')
  execute function keep_new_deciders_waiting();

create trigger order_of_doing before update on step
  for each row when (old.state <> 'done' and new.state = 'done' and new.done_nth is null)
  execute function keep_order_of_doing();

create trigger steps_of_people after insert on step referencing new table as added
  for each statement execute function keep_steps_of_people();
