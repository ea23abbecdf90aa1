-- Trigger of membership: the end of an owner's seat is at least a day away.
create or replace function keep_a_day_to_object() returns trigger language plpgsql as $$
begin
  if new.ends_from < now() + interval '1 day' then
    raise exception 'an owner has a day to object' using errcode = 'check_violation', constraint = 'owner_has_a_day';
  end if;
  return new;
end $$;
