-- Trigger of step: a person whose seat or second factor does not count yet does no step that decides or sends. These
-- are the steps that are fresh in table human_step, and those that it does not have.
create or replace function keep_new_deciders_waiting() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state = 'done' or exists (
      select from run r join human_step h on h.workflow = r.workflow and h.version = r.version and h.name = new.name
       where r.organisation_id = new.organisation_id and r.id = new.run_id and not h.fresh) then
    return new;
  end if;
  if seat_waits(new.organisation_id, new.done_by, new.done_for) then
    raise exception 'this seat does not count yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  if factor_waits(new.organisation_id, new.done_by) then
    raise exception 'this second factor does not count yet'
      using errcode = 'check_violation', constraint = 'factor_counts';
  end if;
  return new;
end $$;
