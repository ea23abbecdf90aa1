-- Trigger of step, once for all rows of a statement: no machine does what the version of the workflow that its run
-- follows declares for a person.
create or replace function keep_steps_of_people() returns trigger language plpgsql as $$
begin
  if exists (
      select from added a
        join run r on r.organisation_id = a.organisation_id and r.id = a.run_id
        join human_step h on h.workflow = r.workflow and h.version = r.version and h.name = a.name
       where a.kind <> 'human') then
    raise exception 'a machine does no step of a person'
      using errcode = 'check_violation', constraint = 'step_of_a_person';
  end if;
  return null;
end $$;
