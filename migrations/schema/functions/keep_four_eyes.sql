-- Trigger of step: a person's step is done by somebody other than who did the steps that its declaration names
-- (table human_step), and stays as it was done. One that nothing declares is done by nobody. The exception is a glass
-- that was broken for it in the same transaction. In a request (app.person), who does it has a seat when the step is
-- written, and so has the colleague whom they stand in for: the request may have waited for a lock since it was let in.
create or replace function keep_four_eyes() returns trigger language plpgsql as $$
declare
  others text[];
begin
  if tg_op = 'UPDATE' and old.state = 'done'
     and (new.state, new.name, new.run_id, new.done_by, new.done_for)
       is distinct from (old.state, old.name, old.run_id, old.done_by, old.done_for) then
    raise exception 'a step that is done stays as it was done'
      using errcode = 'check_violation', constraint = 'done_is_final';
  end if;
  if new.state = 'done' and new.done_by is null then
    raise exception 'a person''s step is done by somebody'
      using errcode = 'check_violation', constraint = 'done_by_somebody';
  end if;
  if new.state <> 'done' then
    return new;
  end if;
  if current_setting('app.person', true) <> '' and (tg_op = 'INSERT' or old.state <> 'done')
     and role_held(new.organisation_id, new.done_by, new.done_for) is null then
    raise exception 'who does this step has no seat here any more'
      using errcode = 'check_violation', constraint = 'seat_stands';
  end if;
  select h.other_than into others
    from run r join human_step h on h.workflow = r.workflow and h.version = r.version and h.name = new.name
   where r.organisation_id = new.organisation_id and r.id = new.run_id;
  if not found then
    raise exception 'no workflow declares this step for a person'
      using errcode = 'check_violation', constraint = 'step_is_declared';
  end if;
  if exists (
      select from unnest(others) as named(name)
        left join lateral (select d.done_by, d.done_for from step d
                            where d.organisation_id = new.organisation_id and d.run_id = new.run_id
                              and d.name = named.name and d.state = 'done' order by d.round desc limit 1) other on true
       where other.done_by is null or array[new.done_by, new.done_for] &&
                 array_remove(array[other.done_by, other.done_for], null))
     and not exists (select from broken_glass g where g.organisation_id = new.organisation_id and g.run_id = new.run_id
                        and g.step = new.name and g.by_user = new.done_by and g.created_at = now()) then
    raise exception 'somebody else must do this step'
      using errcode = 'check_violation', constraint = 'four_eyes';
  end if;
  return new;
end $$;
