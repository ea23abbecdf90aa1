-- From the processor's incident to the controllers' registers, and back: receipt and decision.

-- One incident opens at every controller it hits: escalation, breach, runs, first steps, clocks and history, in one
-- statement.
-- terms: [{"hours", "alarm_at", "moments"}], what the contract hours come to (the rule is in workflows/gdpr.py).
-- plan: {"office": {"workflow","version","step","clock"}, "controller": {...}, "actor_id", "actor_name"}.
create function open_escalations(incident_opened uuid, terms jsonb, plan jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  this_year constant integer := extract(year from now() at time zone 'Europe/Amsterdam');
  opened integer;
begin
  with hit as materialized (
    select a.id as agreement_id, a.controller_id, a.controller_name, a.contacts, a.hours_to_notify,
           c.people_min, c.people_max, c.informed_at, c.informed_how,
           i.title, i.found_at, i.happened_from, i.happened_until, i.became_aware_at, i.description, i.cause,
             i.consequences,
           i.measures, i.facts, i.reference as incident_reference, office.name as processor_name,
             o.financial_undertaking,
           t.alarm_at, t.moments,
           row_number() over (partition by a.controller_id order by a.id) as nth,
           count(*) over (partition by a.controller_id) as of_them,
           uuidv7() as breach_id, uuidv7() as escalation_id, uuidv7() as office_run, uuidv7() as controller_run
      from incident i
      join organisation office on office.id = i.organisation_id
      join incident_client c on c.organisation_id = i.organisation_id and c.incident_id = i.id
      join processing_agreement a on a.processor_id = c.organisation_id and a.id = c.agreement_id
      join organisation o on o.id = a.controller_id
      join jsonb_to_recordset(terms) as t(hours integer, alarm_at timestamptz, moments timestamptz[])
        on t.hours is not distinct from a.hours_to_notify
     where i.organisation_id = me and i.id = incident_opened
       and (i.found_at at time zone 'Europe/Amsterdam')::date between a.in_force_from and coalesce(a.in_force_to,
         'infinity')
       and exists (select from agreed_service s where s.processor_id = me and s.agreement_id = a.id
                      and s.role = 'processor' and s.service = any (i.services))
       and not exists (select from escalation e where e.processor_id = me and e.incident_id = i.id
         and e.agreement_id = a.id)
  ),
  numbered as (
    insert into register_counter (organisation_id, kind, year, last)
    select controller_id, 'breach', this_year, count(*) from hit group by controller_id order by controller_id
    on conflict (organisation_id, kind, year) do update set last = register_counter.last + excluded.last
    returning organisation_id, last
  ),
  numbers as materialized (  -- a map: the planner would join two sets of 5,000 of which it expects one row each
    select jsonb_object_agg(organisation_id, last) as by_controller from numbered
  ),
  breaches as (
    insert into breach (organisation_id, id, reference, title, origin, processor_id, escalation_id, processor_name,
      incident_id,
                        contacts, found_at, happened_from, happened_until, description, cause, consequences, measures,
                          facts,
                        people_min, people_max, financial_undertaking)
    select h.controller_id, h.breach_id,
           this_year || '-' || lpad(((numbers.by_controller->>h.controller_id::text)::int - h.of_them + h.nth)::text, 4,
             '0'),
           h.title, 'escalated', me, h.escalation_id, h.processor_name, incident_opened, h.contacts, h.found_at,
             h.happened_from,
           h.happened_until, h.description, h.cause, h.consequences, h.measures, h.facts, h.people_min, h.people_max,
           h.financial_undertaking
      from hit h cross join numbers
  ),
  escalations as (
    insert into escalation (processor_id, id, controller_id, incident_id, agreement_id, breach_id, controller_name,
      people_min,
                            people_max, hours_agreed, became_aware_at, alarm_at, contacts, informed_at, informed_how)
    select me, escalation_id, controller_id, incident_opened, agreement_id, breach_id, controller_name, people_min,
      people_max,
           hours_to_notify, became_aware_at, alarm_at, contacts, informed_at, informed_how
      from hit
  ),
  runs as (
    insert into run (organisation_id, id, workflow, version, subject_id)
    select me, office_run, plan#>>'{office,workflow}', (plan#>>'{office,version}')::int, escalation_id from hit
    union all
    select controller_id, controller_run, plan#>>'{controller,workflow}', (plan#>>'{controller,version}')::int,
      breach_id from hit
  ),
  steps as (
    insert into step (organisation_id, run_id, name, kind, state)
    select me, office_run, plan#>>'{office,step}', 'job', 'ready' from hit
    union all
    select controller_id, controller_run, plan#>>'{controller,step}', 'human', 'waiting' from hit
  ),
  clocks as (
    insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, next_at)
    select me, office_run, plan#>>'{office,clock}', 'running', became_aware_at, alarm_at, alarm_at, moments, moments[1]
      from hit
    union all
    select controller_id, controller_run, plan#>>'{controller,clock}', 'waiting', null, null, null, '{}', null from hit
  ),
  histories as (
    insert into history (organisation_id, subject_id, seq, subject_kind, what, actor_id, actor_name, details, hash)
    select organisation_id, subject_id, 1, subject_kind, what, (plan->>'actor_id')::uuid, actor_name, details,
           history_hash(null, organisation_id, subject_id, 1, now(), what, (plan->>'actor_id')::uuid, actor_name,
             details)
      from hit cross join lateral (values
        (me, escalation_id, 'escalation', 'escalation.opened', plan->>'actor_name',
         jsonb_build_object('people_min', people_min, 'people_max', people_max, 'alarm_at', alarm_at)),
        (controller_id, breach_id, 'breach', 'breach.received', processor_name,
         jsonb_build_object('incident', incident_reference, 'people_min', people_min, 'people_max', people_max, 'facts',
           facts))
      ) as entry(organisation_id, subject_id, subject_kind, what, actor_name, details)
  )
  select count(*) into opened from hit;
  return opened;
end $$;

-- The controllers were informed: from that moment each is aware (Art. 33(1)) and its clock runs. Never overwrites a
-- moment.
-- rows: [{"escalation_id","informed_at","informed_how","counted_from","alarm_at","due_at","terms","moments","clock"}]
create function controllers_informed(rows jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  informed record;
  n integer := 0;
begin
  for informed in
    select x.*, e.controller_id, e.breach_id, o.name as office
      from jsonb_to_recordset(rows) as x(escalation_id uuid, informed_at timestamptz, informed_how text,
        counted_from timestamptz,
                                         alarm_at timestamptz, due_at timestamptz, terms jsonb, moments timestamptz[],
                                           clock text)
      join escalation e on e.processor_id = me and e.id = x.escalation_id
      join organisation o on o.id = me
     order by e.controller_id, e.breach_id
  loop
    update escalation set informed_at = informed.informed_at, informed_how = informed.informed_how,
      call_needed_at = null
     where processor_id = me and id = informed.escalation_id and informed_at is null;
    update breach set became_aware_at = informed.informed_at, aware_how = informed.informed_how,
      alarm_at = informed.alarm_at,
                      due_at = informed.due_at, terms = informed.terms, version = version + 1
     where organisation_id = informed.controller_id and id = informed.breach_id and became_aware_at is null;
    if found then
      n := n + 1;
      update clock c set state = 'running', started_at = informed.counted_from, alarm_at = informed.alarm_at,
                         due_at = informed.due_at, moments = informed.moments, next_at = informed.moments[1]
        from run r
       where r.organisation_id = informed.controller_id and r.subject_id = informed.breach_id
         and c.organisation_id = r.organisation_id and c.run_id = r.id and c.name = informed.clock
           and c.state = 'waiting';
      perform record_history(informed.controller_id, jsonb_build_array(jsonb_build_object(
        'subject_kind', 'breach', 'subject_id', informed.breach_id, 'what', 'breach.aware', 'actor_name',
          informed.office,
        'details', jsonb_build_object('became_aware_at', informed.informed_at, 'how', informed.informed_how,
                                      'alarm_at', informed.alarm_at, 'due_at', informed.due_at))));
    end if;
  end loop;
  return n;
end $$;

-- Something outside happens that a waiting step looks at: it becomes ready. The run is locked first, as by every
-- worker and person,
-- and before the fact is written: whoever is at it now finishes, whoever comes later sees the fact. So none is lost,
-- and none is locked out.
create function wake_steps(organisation uuid, subject uuid) returns void language sql as $$
  select from run where organisation_id = organisation and subject_id = subject order by id for update;
  update step s set state = 'ready', ready_at = now()
    from run r
   where r.organisation_id = organisation and r.subject_id = subject
     and s.organisation_id = r.organisation_id and s.run_id = r.id and s.kind = 'job' and s.state = 'waiting'
$$;

-- The controller confirms receipt of what its processor sent.
create function acknowledge_receipt(breach_received uuid, by_name text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  sent record;
begin
  perform wake_steps(e.processor_id, e.id) from escalation e where e.controller_id = me
    and e.breach_id = breach_received
      and e.acknowledged_at is null;
  update escalation set acknowledged_at = now(), acknowledged_by = by_name
   where controller_id = me and breach_id = breach_received and acknowledged_at is null
  returning processor_id, id, acknowledged_at into sent;
  if not found then return null; end if;
  update breach set acknowledged_at = sent.acknowledged_at where organisation_id = me and id = breach_received;
  perform record_history(sent.processor_id, jsonb_build_array(jsonb_build_object('subject_kind', 'escalation',
    'subject_id', sent.id, 'what', 'escalation.acknowledged', 'actor_name', by_name)));
  return sent.acknowledged_at;
end $$;

-- What the controller decided, told to its processor: the outcome and the moment, nothing else.
create function report_decision(breach_decided uuid, outcome text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  told record;
begin
  update escalation set decision = outcome, decided_at = now()
   where controller_id = me and breach_id = breach_decided returning processor_id, id into told;
  if found then
    perform record_history(told.processor_id, jsonb_build_array(jsonb_build_object('subject_kind', 'escalation',
      'subject_id', told.id, 'what', 'escalation.decided', 'actor_name', (select name from organisation where id = me),
      'details', jsonb_build_object('decision', outcome))));
  end if;
end $$;
