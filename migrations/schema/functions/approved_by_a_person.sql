-- Trigger: a decision comes in force, and something is sent, only with the step of the person who approved it.
create or replace function approved_by_a_person() returns trigger language plpgsql as $$
begin
  if not exists (select from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
                  where r.organisation_id = new.organisation_id and r.subject_id = new.id
                     and s.name = 'approve' and s.kind = 'human' and s.state = 'done') then
    raise exception 'nobody approved this' using errcode = 'check_violation', constraint = 'approved_by_a_person';
  end if;
  return null;
end $$;
