alter table api_token enable row level security;
alter table api_token force row level security;
create policy owned on api_token to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on api_token to meldketen_door using (true) with check (true);
grant select, insert on api_token to meldketen_app;
grant select on api_token to meldketen_door;
grant update (refused_at, refused_act, revoked_at, revoked_by) on api_token to meldketen_app;
grant update (last_used_at) on api_token to meldketen_door;

create trigger seat_counts_for_house before insert or delete or update on api_token
  for each row
  when (current_setting('app.person', true) <> '')
  execute function refuse_waiting_seat();

create trigger scopes_of_a_program before insert or update of scopes on api_token
  for each row execute function keep_to_scopes();
