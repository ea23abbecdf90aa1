alter table history_pending enable row level security;
alter table history_pending force row level security;
create policy owned on history_pending to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on history_pending to meldketen_door using (true) with check (true);
grant select on history_pending to meldketen_app;
grant select, insert, delete on history_pending to meldketen_door;

create constraint trigger unchained after insert on history_pending deferrable initially deferred
  for each row execute function refuse_unchained();
