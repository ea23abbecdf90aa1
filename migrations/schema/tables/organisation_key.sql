alter table organisation_key enable row level security;
alter table organisation_key force row level security;
create policy owned on organisation_key to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on organisation_key to meldketen_door using (true) with check (true);
grant select, insert on organisation_key to meldketen_app;
grant select, insert, update on organisation_key to meldketen_door;
grant update (wrapped_key, destroyed_at) on organisation_key to meldketen_app;

-- What was destroyed stays so: it gets no value again, and no key comes after it.
create trigger destroyed_for_good before update on organisation_key
  for each row when (old.wrapped_key is null) execute function refuse_change();

create trigger none_after_it before insert on organisation_key for each row execute function keep_destroyed();
