-- Records the office's statement that controllers were informed. Their clocks run from then, until they state their
-- own moment (Art. 33(1)); a moment that stands is never overwritten. Returns how many clocks began.
-- rows: [{"escalation_id","informed_at","informed_how","counted_from","alarm_at","due_at","terms","moments","clock"}]
create or replace function controllers_informed(rows jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  office constant text := (select name from organisation where id = me);
  informed record;
  n integer := 0;
  begins boolean;
begin
  -- Before it is read whose they are: meanwhile a controller may take its breaches along to its own register.
  perform from escalation e where e.processor_id = me
      and e.id in (select (x->>'escalation_id')::uuid from jsonb_array_elements(rows) x) order by e.id for update;
  for informed in
    select x.*, e.controller_id, e.breach_id
      from jsonb_to_recordset(rows) as x(escalation_id uuid, informed_at timestamptz, informed_how text,
        counted_from timestamptz,
                                         alarm_at timestamptz, due_at timestamptz, terms jsonb, moments timestamptz[],
                                           clock text)
      join escalation e on e.processor_id = me and e.id = x.escalation_id
     order by e.controller_id, e.breach_id
  loop
    update escalation set informed_at = informed.informed_at, informed_how = informed.informed_how,
      call_needed_at = null
     where processor_id = me and id = informed.escalation_id and informed_at is null;
    continue when not may_write_about(me, informed.controller_id);
    update breach set stated_aware_at = informed.informed_at, stated_aware_how = informed.informed_how,
      stated_by = office,
                      version = version + 1
     where organisation_id = informed.controller_id and id = informed.breach_id and stated_aware_at is null;
    continue when not found;
    begins := begin_clock(informed.controller_id, informed.breach_id, to_jsonb(informed));
    n := n + begins::integer;
    perform record_across(informed.controller_id, 'breach', informed.breach_id,
      case when begins then 'breach.aware' else 'breach.awareness_stated' end, null, null, 'processor',
        informed.terms->>'name',
      jsonb_build_object('by', office, 'became_aware_at', informed.informed_at, 'how', informed.informed_how,
                         'alarm_at', informed.alarm_at, 'due_at', informed.due_at));
  end loop;
  return n;
end $$;

alter function controllers_informed(jsonb) owner to meldketen_door;
revoke execute on function controllers_informed(jsonb) from public;
grant execute on function controllers_informed(jsonb) to meldketen_app;
