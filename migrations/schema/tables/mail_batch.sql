alter table mail_batch enable row level security;
alter table mail_batch force row level security;
create policy owned on mail_batch to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on mail_batch to meldketen_door using (true) with check (true);
grant select, insert, update on mail_batch to meldketen_app;
grant select, insert, update on mail_batch to meldketen_door;

create trigger held_mail_waits before update of state on mail_batch
  for each row when (old.state in ('held', 'listed')) execute function keep_held();
