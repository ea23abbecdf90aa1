-- A seat that does not count yet changes nothing of the organisation itself: not who has a seat, a key or a way in, not
-- which processor is accepted, and nothing of how a colleague logs in. A request says who acts (app.person), and for
-- which colleague; machines, the operator and whoever opens a mailed link say nobody.
-- tg_argv[0], where there is one: the column that names whose row it is. A row of who acts is their own.
create function refuse_waiting_seat() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  who constant uuid := current_setting('app.person', true);
  whom constant uuid := nullif(current_setting('app.person_for', true), '');
  line constant jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
begin
  if tg_nargs > 0 and (line->>tg_argv[0])::uuid = who then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  if seat_waits(acting_organisation(), who, whom) then
    raise exception 'this seat does not count yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

do $$
declare
  by_person constant text := 'current_setting(''app.person'', true) <> ''''';
  t text;
begin
  grant create on schema public to meldketen_door;
  alter function refuse_waiting_seat() owner to meldketen_door;
  revoke execute on function refuse_waiting_seat() from public;
  grant execute on function refuse_waiting_seat() to meldketen_app;
  revoke create on schema public from meldketen_door;
  -- the house itself
  foreach t in array array['membership', 'factor_request', 'factor_agreement', 'deputy', 'api_token',
                           'identity_provider'] loop
    execute format('create trigger seat_counts_for_house before insert or update or delete on %I
                    for each row when (%s) execute function refuse_waiting_seat()', t, by_person);
  end loop;
  -- how a colleague logs in
  foreach t in array array['user_totp', 'recovery_code', 'passkey', 'login_session', 'linked_identity'] loop
    execute format('create trigger seat_counts_for_house before insert or update or delete on %I
                    for each row when (%s) execute function refuse_waiting_seat(''user_id'')', t, by_person);
  end loop;
  execute format('create trigger seat_counts_for_house before insert or update or delete on app_user
                  for each row when (%s) execute function refuse_waiting_seat(''id'')', by_person);
  -- an office's links to its clients are its daily work
  execute format('create trigger seat_counts_for_house before insert or update on invitation
                  for each row when (%s and new.breach_id is null) execute function refuse_waiting_seat()', by_person);
  -- that a processor asks is no answer; an office that registers a client writes a consent of another register
  execute format('create trigger seat_counts_for_house before insert or update on consent
                  for each row when (%s and new.state <> ''asked'' and new.controller_id = acting_organisation())
                  execute function refuse_waiting_seat()', by_person);
  execute format('create trigger seat_counts_for_house before update of joined_into on organisation
                  for each row when (%s) execute function refuse_waiting_seat()', by_person);
end $$;

-- An owner has a day to object before another ends or lowers their seat, or takes their second factor away. One whose
-- seat does not count yet has none: who is there may end it before it counts.
-- end_asked_by asked for it; it may be done from ends_from; end_refused_at: the last time that it was objected to.
alter table membership add column ends_from timestamptz, add column end_asked_by uuid references app_user,
                       add column end_refused_at timestamptz;
alter table membership add constraint end_asked_by_somebody check ((ends_from is null) = (end_asked_by is null));
create function keep_an_owner_for_a_day() returns trigger language plpgsql as $$
begin
  if coalesce(old.ends_from, 'infinity') > now() then
    raise exception 'an owner has a day to object' using errcode = 'check_violation', constraint = 'owner_has_a_day';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create function keep_a_day_to_object() returns trigger language plpgsql as $$
begin
  if new.ends_from < now() + interval '1 day' then
    raise exception 'an owner has a day to object' using errcode = 'check_violation', constraint = 'owner_has_a_day';
  end if;
  return new;
end $$;
create trigger owner_has_a_day_to_go before delete on membership for each row
  when (old.role = 'owner' and coalesce(old.counts_from, '-infinity') <= now()
        and current_setting('app.person', true) <> ''
        and old.user_id::text <> current_setting('app.person', true))
  execute function keep_an_owner_for_a_day();
create trigger owner_has_a_day_in_role before update of role on membership for each row
  when (old.role = 'owner' and new.role <> 'owner' and coalesce(old.counts_from, '-infinity') <= now()
        and current_setting('app.person', true) <> ''
        and old.user_id::text <> current_setting('app.person', true))
  execute function keep_an_owner_for_a_day();
create trigger owner_has_a_day before update of ends_from on membership for each row
  when (new.ends_from is not null and new.ends_from is distinct from old.ends_from
        and current_setting('app.person', true) <> '')
  execute function keep_a_day_to_object();
-- A second factor of an owner goes a day after an owner asked for it, while nobody stopped it.
create function keep_an_owners_factor_for_a_day() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from membership m where m.user_id = old.user_id and m.role = 'owner')
     and not exists (select from factor_request r where r.user_id = old.user_id and r.asked_in is not null
                        and r.ended_at is null and r.asked_at <= now() - interval '1 day') then
    raise exception 'an owner has a day to object' using errcode = 'check_violation', constraint = 'owner_has_a_day';
  end if;
  return old;
end $$;
do $$
declare t text;
begin
  grant select on factor_request to meldketen_door;
  grant create on schema public to meldketen_door;
  alter function keep_an_owners_factor_for_a_day() owner to meldketen_door;
  revoke execute on function keep_an_owners_factor_for_a_day() from public;
  grant execute on function keep_an_owners_factor_for_a_day() to meldketen_app;
  revoke create on schema public from meldketen_door;
  foreach t in array array['user_totp', 'recovery_code', 'passkey'] loop
    execute format('create trigger owner_has_a_day before delete on %I for each row
                    when (current_setting(''app.person'', true) <> ''''
                          and old.user_id::text <> current_setting(''app.person'', true))
                    execute function keep_an_owners_factor_for_a_day()', t);
  end loop;
end $$;

-- A stop counts once: in thirty days an organisation stops one request of another about the same person.
create function keep_a_stop_to_once() returns trigger language plpgsql as $$
begin
  if exists (select from factor_request r
              where r.user_id = new.user_id and r.stopped_in = new.stopped_in and r.id <> new.id
                and r.asked_in is distinct from r.stopped_in
                and r.ended_at > now() - interval '30 days' and r.ended_at < now()) then
    raise exception 'a stop counts once in thirty days'
      using errcode = 'check_violation', constraint = 'stops_once';
  end if;
  return new;
end $$;
create trigger stops_once before insert or update of stopped_in on factor_request for each row
  when (new.stopped_in is not null and new.asked_in is distinct from new.stopped_in)
  execute function keep_a_stop_to_once();
