-- Trigger of step, once for all rows of a statement: no machine's step has the name of a person's, in whatever
-- workflow and version.
create or replace function keep_steps_of_people() returns trigger language plpgsql as $$
begin
  if exists (select from added a where a.kind <> 'human' and a.name in (select h.name from human_step h)) then
    raise exception 'a machine does no step of a person'
      using errcode = 'check_violation', constraint = 'step_of_a_person';
  end if;
  return null;
end $$;
