-- Trigger of broken_glass: a person whose seat or second factor does not count for it reviews none.
create or replace function keep_new_reviewers_waiting() returns trigger language plpgsql as $$
begin
  if seat_waits(new.organisation_id, new.reviewed_by, new.reviewed_for)
     or review_waits(new.organisation_id, new, new.reviewed_by)
     or review_waits(new.organisation_id, new, new.reviewed_for) then
    raise exception 'this seat does not review yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  if factor_waits(new.organisation_id, new.reviewed_by) then
    raise exception 'this second factor does not count yet'
      using errcode = 'check_violation', constraint = 'factor_counts';
  end if;
  return new;
end $$;
