alter table escalation enable row level security;
alter table escalation force row level security;
create policy both_read on escalation for select to meldketen_app
  using (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid) or
         controller_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy processor_writes on escalation for update to meldketen_app
  using (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on escalation to meldketen_door using (true) with check (true);
grant select on escalation to meldketen_app;
grant select, insert, update on escalation to meldketen_door;
grant update (contacts, rung, informed_at, informed_how, call_needed_at) on escalation to meldketen_app;

create trigger mark_goes_with_decision before update of decision on escalation
  for each row when (new.decision is null) execute function take_mark_along();
