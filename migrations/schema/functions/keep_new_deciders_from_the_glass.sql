-- Trigger of broken_glass: a person whose seat or second factor does not count yet breaks none.
create or replace function keep_new_deciders_from_the_glass() returns trigger language plpgsql as $$
begin
  if seat_waits(new.organisation_id, new.by_user, new.by_for) then
    raise exception 'this seat does not count yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  if factor_waits(new.organisation_id, new.by_user) then
    raise exception 'this second factor does not count yet'
      using errcode = 'check_violation', constraint = 'factor_counts';
  end if;
  return new;
end $$;
