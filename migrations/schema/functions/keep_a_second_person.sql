-- Trigger: mail to people always takes a second person: of one notice, at most one of approving and releasing is done
-- alone.
create or replace function keep_a_second_person() returns trigger language plpgsql as $$
begin
  if exists (select from run r where r.organisation_id = new.organisation_id and r.id = new.run_id
                and r.workflow = 'bulk_notice')
     and (exists (select from broken_glass g where g.organisation_id = new.organisation_id and g.run_id = new.run_id
                     and g.step <> new.step)
          or new.step = 'release' and exists (
             select from step s where s.organisation_id = new.organisation_id and s.run_id = new.run_id
                and s.name = 'approve' and s.state = 'done' and s.outcome is null
                and array[s.done_by, s.done_for] && array_remove(array[new.by_user, new.by_for], null))) then
    raise exception 'mail to people has a second person' using errcode = 'check_violation',
      constraint = 'second_person';
  end if;
  return new;
end $$;
