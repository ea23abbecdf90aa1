-- Begins these breaches of one office anew in the register where they stand, as the office stated them.
create or replace function open_anew(office uuid, register uuid, breaches uuid[]) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  perform open_run_anew(r) from run r
    where r.organisation_id = register and r.workflow = 'ap_notification' and r.subject_id = any (breaches)
    order by r.id;
  update breach set risk = null, risk_reason = null, people_exception = null, people_reason = null, decision = null,
      decision_reason = null, decided_at = null, draft = null, submitted_at = null, authority_number = null,
      late_reason = null, acknowledged_at = null, advice = null, departure_reason = null, assessed_on = null,
      decided_on = null, seen_on = null, approved_on = null, sent_as = null, prepared_by = '{}', version = version + 1
   where organisation_id = register and id = any (breaches);
  update breach b set became_aware_at = null, aware_how = null, alarm_at = null, due_at = null, terms = null,
      own_aware_reason = null, own_aware_stated_at = null, moved_term = null,
      stated_aware_at = case when stated_aware_how <> 'receipt' then stated_aware_at end,
      stated_by = case when stated_aware_how <> 'receipt' then stated_by end,
      stated_aware_how = nullif(stated_aware_how, 'receipt')
   where b.organisation_id = register and b.id = any (breaches) and not rests_on_office(b);
  update breach b set title = i.title, found_at = i.found_at, happened_from = i.happened_from,
      happened_until = i.happened_until, description = i.description, cause = i.cause, consequences = i.consequences,
      measures = i.measures, facts = i.facts, people_min = e.people_min, people_max = e.people_max,
      people_estimate = e.people_estimate, contacts = e.contacts, severity_answers = null, enisa = null,
      authority_severity = null, edpb_severity = null,
      financial_undertaking = o.financial_undertaking
    from escalation e, incident i, organisation o
   where b.organisation_id = register and b.id = any (breaches) and e.processor_id = office and e.breach_id = b.id
     and i.organisation_id = office and i.id = e.incident_id and o.id = register;
  perform count_as_stated(register, breaches);
end $$;

revoke execute on function open_anew(uuid, uuid, uuid[]) from public;
grant execute on function open_anew(uuid, uuid, uuid[]) to meldketen_door;
