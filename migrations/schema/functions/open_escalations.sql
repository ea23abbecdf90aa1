-- Opens one incident at every controller that it hits: escalation, breach, runs, first steps, clocks and history, in
-- one statement. Returns how many controllers were hit.
-- terms: [{"hours", "alarm_at", "moments"}], the moments that follow from the contract hours (the rule is in
-- workflows/law/periods.py).
-- plan: {"office": {"workflow","version","step","clock"}, "controller": {...}, "actor_id", "actor_name", "role",
-- "for_id"}.
-- The lock of the incident's own row comes first; the entries are chained last, after every other row was locked.
create or replace function open_escalations(incident_opened uuid, terms jsonb, plan jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  office constant text := (select name from organisation where id = me);
  i incident;
  hits controller_hit[];
begin
  -- A controller that accepts or ends this office at this moment ends first: its agreements lead elsewhere then.
  perform from organisation where id = me for share;
  select * into i from incident where organisation_id = me and id = incident_opened;
  if not found then return 0; end if;
  if not is_admitted(me) then
    raise insufficient_privilege using message = 'this organisation is not admitted as an office';
  end if;
  hits := numbered_hits(array(select h from controllers_hit(i, terms) h order by h.place));
  if hits is null then return 0; end if;
  perform open_breaches(i, office, hits);
  perform open_dossiers(i, plan, hits);
  perform open_word_to_own_people(plan, hits);
  perform chain_entries(array_agg(entry.e)) from unnest(hits) h cross join lateral (values
    ((me, 'escalation', h.escalation_id, 'escalation.opened', (plan->>'actor_id')::uuid, plan->>'actor_name',
      plan->>'role',
      (plan->>'for_id')::uuid, null, null,
      jsonb_build_object('people_min', h.people_min, 'people_max', h.people_max,
        'people_estimate', h.people_estimate, 'alarm_at', h.alarm_at),
      null, null, null)::history_entry),
    ((h.controller_id, 'breach', h.breach_id, 'breach.received', null, null, 'processor', null, null, null,
      jsonb_build_object('by', office, 'incident', i.reference, 'people_min', h.people_min, 'people_max', h.people_max,
        'people_estimate', h.people_estimate, 'facts', i.facts),
      null, null, null)::history_entry)) as entry(e);
  return cardinality(hits);
end $$;

alter function open_escalations(uuid, jsonb, jsonb) owner to meldketen_door;
revoke execute on function open_escalations(uuid, jsonb, jsonb) from public;
grant execute on function open_escalations(uuid, jsonb, jsonb) to meldketen_app;
