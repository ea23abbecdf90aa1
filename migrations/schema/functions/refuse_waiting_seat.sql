-- Trigger: a seat that does not count yet changes nothing of the organisation itself: not who has a seat, a key or a
-- login, not which processor is accepted, and not how a colleague logs in. A request says who acts (app.person), and
-- for which colleague; machines, the operator and holders of a mailed link name nobody.
-- tg_argv[0], where there is one: the column that names whose row it is. A person may always change their own row.
create or replace function refuse_waiting_seat() returns trigger
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

alter function refuse_waiting_seat() owner to meldketen_door;
revoke execute on function refuse_waiting_seat() from public;
grant execute on function refuse_waiting_seat() to meldketen_app;
