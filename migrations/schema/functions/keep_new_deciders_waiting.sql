-- Trigger of step: whose seat or second factor does not count yet approves, submits and releases nothing.
create or replace function keep_new_deciders_waiting() returns trigger language plpgsql as $$
begin
  if (tg_op = 'INSERT' or old.state <> 'done') and seat_waits(new.organisation_id, new.done_by, new.done_for) then
    raise exception 'this seat does not count yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  if (tg_op = 'INSERT' or old.state <> 'done') and factor_waits(new.organisation_id, new.done_by) then
    raise exception 'this second factor does not count yet'
      using errcode = 'check_violation', constraint = 'factor_counts';
  end if;
  return new;
end $$;
