alter table run enable row level security;
alter table run force row level security;
create policy owned on run to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on run to meldketen_door using (true) with check (true);
grant select, insert on run to meldketen_app;
grant select, insert, update on run to meldketen_door;
grant update (state, finished_at) on run to meldketen_app;

create constraint trigger run_may_be_done after update on run deferrable initially deferred
  for each row when (new.workflow in ('ap_notification', 'bulk_notice')
                     and (old.state, old.subject_id) is distinct from (new.state, new.subject_id))
  execute function judge_what_is_due();
