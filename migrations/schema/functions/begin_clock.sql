-- Begins the clock of a breach. Returns whether it did: it does not when somebody stated a moment before.
create or replace function begin_clock(controller uuid, breach_aware uuid, informed jsonb) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare
  x record;
begin
  select * into x from jsonb_to_record(informed) as x(informed_at timestamptz, informed_how text,
    counted_from timestamptz,
    alarm_at timestamptz, due_at timestamptz, terms jsonb, moments timestamptz[], clock text);
  update breach set became_aware_at = x.informed_at, aware_how = x.informed_how, alarm_at = x.alarm_at,
    due_at = x.due_at, terms = x.terms
   where organisation_id = controller and id = breach_aware and became_aware_at is null;
  if not found then return false; end if;
  update clock c set state = 'running', started_at = x.counted_from, alarm_at = x.alarm_at, due_at = x.due_at,
    moments = x.moments,
                     next_at = x.moments[1]
    from run r
   where r.organisation_id = controller and r.subject_id = breach_aware
     and c.organisation_id = r.organisation_id and c.run_id = r.id and c.name = x.clock and c.state = 'waiting';
  return true;
end $$;

revoke execute on function begin_clock(uuid, uuid, jsonb) from public;
grant execute on function begin_clock(uuid, uuid, jsonb) to meldketen_door;
