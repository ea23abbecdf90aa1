-- Trigger of membership: an owner goes, or gets another role, only once the day to object is over.
create or replace function keep_an_owner_for_a_day() returns trigger language plpgsql as $$
begin
  if coalesce(old.ends_from, 'infinity') > now() then
    raise exception 'an owner has a day to object' using errcode = 'check_violation', constraint = 'owner_has_a_day';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
