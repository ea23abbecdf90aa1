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
