-- Returns the register's row as text, from which its hash is made; it includes what was stated, for rows written
-- since version 33. Form 3 is for what an old register said, which has its estimate there. An estimate stands in the
-- text only where there is one, so that rows of before keep their text.
create or replace function register_text(b breach) returns text language sql stable parallel safe as $$
  select json_build_object('reference', b.reference, 'title', b.title, 'processor_name', b.processor_name,
    'found_at', register_moment(b.found_at), 'happened_from', register_moment(b.happened_from),
    'happened_until', register_moment(b.happened_until), 'became_aware_at', register_moment(b.became_aware_at),
    'due_at', register_moment(b.due_at), 'description', b.description, 'facts', b.facts, 'people_min', b.people_min,
    'people_max', b.people_max, 'cause', b.cause, 'consequences', b.consequences, 'measures', b.measures, 'risk',
      b.risk,
    'risk_reason', b.risk_reason, 'people_exception', b.people_exception, 'people_reason', b.people_reason, 'decision',
      b.decision,
    'decision_reason', b.decision_reason, 'decided_at', register_moment(b.decided_at),
    'submitted_at', register_moment(b.submitted_at), 'authority_number', b.authority_number, 'late_reason',
      b.late_reason)::text
  where b.register_form = 1 and not b.people_estimate
  union all
  select (jsonb_build_object('reference', b.reference, 'title', b.title, 'processor_name', b.processor_name,
    'found_at', register_moment(b.found_at), 'happened_from', register_moment(b.happened_from),
    'happened_until', register_moment(b.happened_until), 'became_aware_at', register_moment(b.became_aware_at),
    'due_at', register_moment(b.due_at), 'description', b.description, 'facts', b.facts, 'people_min', b.people_min,
    'people_max', b.people_max, 'cause', b.cause, 'consequences', b.consequences, 'measures', b.measures,
    'risk', b.risk, 'risk_reason', b.risk_reason, 'people_exception', b.people_exception,
    'people_reason', b.people_reason, 'decision', b.decision, 'decision_reason', b.decision_reason,
    'decided_at', register_moment(b.decided_at), 'submitted_at', register_moment(b.submitted_at),
    'authority_number', b.authority_number, 'late_reason', b.late_reason)
  || jsonb_build_object('stated_aware_at', register_moment(b.stated_aware_at), 'stated_by', b.stated_by,
    'stated_aware_how', b.stated_aware_how, 'own_aware_stated_at', register_moment(b.own_aware_stated_at),
    'own_aware_reason', b.own_aware_reason, 'earliest_aware_at', register_moment(b.earliest_aware_at),
    'later_aware_at', register_moment(b.later_aware_at), 'later_aware_reason', b.later_aware_reason)
  || case when b.people_estimate then jsonb_build_object('people_estimate', true) else '{}' end)::text
  where b.register_form = 2 or b.register_form = 1 and b.people_estimate
  union all
  select jsonb_build_object('reference', b.reference, 'title', b.title, 'description', b.description,
    'people_min', b.people_min, 'people_max', b.people_max, 'consequences', b.consequences, 'measures', b.measures,
    'authority_number', b.authority_number, 'taken_over', b.taken_over)::text
  where b.register_form = 3
$$;
