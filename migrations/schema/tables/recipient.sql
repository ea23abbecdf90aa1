alter table recipient enable row level security;
alter table recipient force row level security;
create policy owned on recipient to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on recipient to meldketen_door using (true) with check (true);
grant select, insert, update, delete on recipient to meldketen_app;
grant select, insert, update on recipient to meldketen_door;

-- While readers are on the way the run of their notice goes on; its end is judged there.
create constraint trigger reader_may_be_reached after update on recipient deferrable initially deferred
  for each row when (new.purpose = 'notice' and old.state in ('delivered', 'unconfirmed') and old.state <> new.state)
  execute function judge_what_is_due();
