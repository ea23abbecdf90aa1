alter table contact_standing enable row level security;
alter table contact_standing force row level security;
create policy owned on contact_standing to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on contact_standing to meldketen_door using (true) with check (true);
grant select on contact_standing to meldketen_app;
grant update (next_at, asked_at, reminded_at, token_hash, earlier_token_hash, token_expires_at, confirmed_at,
              says_no_at, successor, reached_at, bounced_at, bounce_reason) on contact_standing to meldketen_app;
grant select, insert, update, delete on contact_standing to meldketen_door;
