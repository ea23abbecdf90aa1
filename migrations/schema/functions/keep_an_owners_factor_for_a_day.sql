-- Trigger: a second factor of an owner is removed a day after an owner asked for it, while nobody stopped it.
create or replace function keep_an_owners_factor_for_a_day() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from membership m where m.user_id = old.user_id and m.role = 'owner')
     and not exists (select from factor_request r where r.user_id = old.user_id and r.asked_in is not null
                        and r.ended_at is null and r.asked_at <= now() - interval '1 day') then
    raise exception 'an owner has a day to object' using errcode = 'check_violation', constraint = 'owner_has_a_day';
  end if;
  return old;
end $$;

alter function keep_an_owners_factor_for_a_day() owner to meldketen_door;
revoke execute on function keep_an_owners_factor_for_a_day() from public;
grant execute on function keep_an_owners_factor_for_a_day() to meldketen_app;
