-- Trigger of incident: what is passed on is a message of a processor, its chain ends somewhere, and it does not lead
-- back to the one who passes it on. The limit stands in tenants/register/passed_on.py too.
create or replace function keep_passing_on() returns trigger language plpgsql as $$
declare
  above record;
begin
  select * into above from messages_above(new.from_breach);
  if above.steps = 0 or above.steps >= 5 or above.own_incident is not null then
    raise exception 'this message is not passed on'
      using errcode = 'check_violation', constraint = 'passing_on_ends';
  end if;
  return new;
end $$;
