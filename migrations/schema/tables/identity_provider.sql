alter table identity_provider enable row level security;
alter table identity_provider force row level security;
create policy owned on identity_provider to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on identity_provider to meldketen_door using (true) with check (true);
grant select, insert, delete on identity_provider to meldketen_app;
grant select on identity_provider to meldketen_door;
grant update (name, issuer, client_id, sealed_secret, proof_acr, changed_at) on identity_provider to meldketen_app;

create trigger seat_counts_for_house before insert or delete or update on identity_provider
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat();
