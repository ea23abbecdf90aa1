alter table signing_key enable row level security;
alter table signing_key force row level security;
create policy owned on signing_key to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on signing_key to meldketen_door using (true) with check (true);
grant select, insert on signing_key to meldketen_app;
grant select on signing_key to meldketen_door;
grant update (wrapped_key, ended_at) on signing_key to meldketen_app;

create trigger ended_for_good before update on signing_key
  for each row when (old.ended_at is not null) execute function refuse_change();
