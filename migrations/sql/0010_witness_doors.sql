-- The doors that write history, anew: what they tell another organisation waits for the end of the transaction.

-- As in 0001, but the entries are chained last of all, after every other row was locked.
create or replace function open_escalations(incident_opened uuid, terms jsonb, plan jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  this_year constant integer := extract(year from now() at time zone 'Europe/Amsterdam');
  by_office constant history_entry := jsonb_populate_record(null::history_entry, plan);
  office_workflow constant text := plan#>>'{office,workflow}';
  office_version constant integer := plan#>>'{office,version}';
  office_step constant text := plan#>>'{office,step}';
  office_clock constant text := plan#>>'{office,clock}';
  controller_workflow constant text := plan#>>'{controller,workflow}';
  controller_version constant integer := plan#>>'{controller,version}';
  controller_step constant text := plan#>>'{controller,step}';
  controller_clock constant text := plan#>>'{controller,clock}';
  i record;
  opened integer;
  entries history_entry[];
begin
  select incident.*, (found_at at time zone 'Europe/Amsterdam')::date as found_on, office.name as processor_name
    into i from incident join organisation office on office.id = organisation_id
   where organisation_id = me and incident.id = incident_opened;
  if not found then return 0; end if;
  with hit as materialized (
    select a.id as agreement_id, a.controller_id, a.controller_name, a.contacts, a.hours_to_notify,
           c.people_min, c.people_max, c.informed_at, c.informed_how, o.financial_undertaking, t.alarm_at, t.moments,
           row_number() over (partition by a.controller_id order by a.id) as nth,
           count(*) over (partition by a.controller_id) as of_them, dense_rank() over (order by a.controller_id)
             as place,
           uuidv7() as breach_id, uuidv7() as escalation_id, uuidv7() as office_run, uuidv7() as controller_run
      from incident_client c
      join processing_agreement a on a.processor_id = c.organisation_id and a.id = c.agreement_id
      join organisation o on o.id = a.controller_id
      join jsonb_to_recordset(terms) as t(hours integer, alarm_at timestamptz, moments timestamptz[])
        on t.hours is not distinct from a.hours_to_notify
     where c.organisation_id = me and c.incident_id = incident_opened
       and i.found_on between a.in_force_from and coalesce(a.in_force_to, 'infinity')
       and exists (select from agreed_service s where s.processor_id = me and s.agreement_id = a.id
                      and s.role = 'processor' and s.service = any (i.services))
       and not exists (select from escalation e where e.processor_id = me and e.incident_id = incident_opened
                          and e.agreement_id = a.id)
  ),
  numbered as (
    insert into register_counter (organisation_id, kind, year, last)
    select controller_id, 'breach', this_year, count(*) from hit group by controller_id order by controller_id
    on conflict (organisation_id, kind, year) do update set last = register_counter.last + excluded.last
    returning organisation_id, last
  ),
  -- by the place of the controller: the planner would join two sets of 5,000 of which it expects one row each
  numbers as (
    select array_agg(last order by organisation_id) as by_place from numbered
  ),
  breaches as (
    insert into breach (organisation_id, id, reference, title, origin, processor_id, escalation_id, processor_name,
      incident_id,
                        contacts, found_at, happened_from, happened_until, description, cause, consequences, measures,
                          facts,
                        people_min, people_max, financial_undertaking)
    select controller_id, breach_id, this_year || '-' || lpad(((select by_place
      from numbers)[place] - of_them + nth)::text, 4, '0'),
           i.title, 'escalated', me, escalation_id, i.processor_name, incident_opened, contacts, i.found_at,
             i.happened_from,
           i.happened_until, i.description, i.cause, i.consequences, i.measures, i.facts, people_min, people_max,
           financial_undertaking
      from hit
  ),
  escalations as (
    insert into escalation (processor_id, id, controller_id, incident_id, agreement_id, breach_id, controller_name,
      people_min,
                            people_max, hours_agreed, became_aware_at, alarm_at, contacts, informed_at, informed_how)
    select me, escalation_id, controller_id, incident_opened, agreement_id, breach_id, controller_name, people_min,
      people_max,
           hours_to_notify, i.became_aware_at, alarm_at, contacts, informed_at, informed_how
      from hit
  ),
  runs as (
    insert into run (organisation_id, id, workflow, version, subject_id)
    select me, office_run, office_workflow, office_version, escalation_id from hit
    union all
    select controller_id, controller_run, controller_workflow, controller_version, breach_id from hit
  ),
  steps as (
    insert into step (organisation_id, run_id, name, kind, state)
    select me, office_run, office_step, 'job', 'ready' from hit
    union all
    select controller_id, controller_run, controller_step, 'human', 'waiting' from hit
  ),
  clocks as (
    insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, next_at)
    select me, office_run, office_clock, 'running', i.became_aware_at, alarm_at, alarm_at, moments, moments[1] from hit
    union all
    select controller_id, controller_run, controller_clock, 'waiting', null, null, null, '{}', null from hit
  )
  select (select count(*) from hit), array_agg(entry.one) into opened, entries
    from hit cross join lateral (values
      ((me, 'escalation', escalation_id, 'escalation.opened', by_office.actor_id, by_office.actor_name, by_office.role,
        by_office.for_id, null, null, jsonb_build_object('people_min', people_min, 'people_max', people_max, 'alarm_at',
          alarm_at),
        null, null, null)::history_entry),
      ((controller_id, 'breach', breach_id, 'breach.received', null, null, 'processor', null, null, null,
        jsonb_build_object('by', i.processor_name, 'incident', i.reference, 'people_min', people_min, 'people_max',
          people_max,
                           'facts', i.facts),
        null, null, null)::history_entry)) as entry(one);
  if opened > 0 then
    perform chain_entries(entries);
  end if;
  return opened;
end $$;

create or replace function controllers_informed(rows jsonb) returns integer
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
      perform record_across(informed.controller_id, 'breach', informed.breach_id, 'breach.aware', null, null,
        'processor',
        informed.terms->>'name', jsonb_build_object('by', informed.office, 'became_aware_at', informed.informed_at,
          'how', informed.informed_how, 'alarm_at', informed.alarm_at, 'due_at', informed.due_at));
    end if;
  end loop;
  return n;
end $$;

create or replace function acknowledge_receipt(breach_received uuid, by_name text) returns timestamptz
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
  perform record_across(sent.processor_id, 'escalation', sent.id, 'escalation.acknowledged', null, by_name, null, null,
    '{}');
  return sent.acknowledged_at;
end $$;

create or replace function report_decision(breach_decided uuid, outcome text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  told record;
begin
  update escalation set decision = outcome, decided_at = now()
   where controller_id = me and breach_id = breach_decided returning processor_id, id into told;
  if found then
    perform record_across(told.processor_id, 'escalation', told.id, 'escalation.decided', null, null, 'controller',
      null,
      jsonb_build_object('by', (select name from organisation where id = me), 'decision', outcome));
  end if;
end $$;

-- A name is erased, wherever the person acted here, or the personal values of one entry; for a purpose, and not
-- without a record of it.
create function forget_person(who uuid, purpose text, by_whom jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  erased uuid;
  n integer := 0;
begin
  for erased in
    update history_person set name = null, salt = null, erased_at = now()
     where organisation_id = me and (id = who or actor_id = who) and erased_at is null returning id
  loop
    n := n + 1;
    perform record_across(me, 'person', erased, 'history.person_forgotten', (by_whom->>'actor_id')::uuid,
      by_whom->>'actor_name',
                          by_whom->>'role', null, jsonb_build_object('purpose', erasing_purpose(purpose)));
  end loop;
  return n;
end $$;
create function forget_personal(of_seq bigint, purpose text, by_whom jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
begin
  update history_personal set salt = null, sealed = null, plain = null, erased_at = now()
   where organisation_id = me and seq = of_seq and erased_at is null;
  if not found then return 0; end if;
  perform record_across(me, h.subject_kind, h.subject_id, 'history.personal_forgotten', (by_whom->>'actor_id')::uuid,
                        by_whom->>'actor_name', by_whom->>'role', null, jsonb_build_object('entry', of_seq, 'purpose',
                          erasing_purpose(purpose)))
     from history h where h.organisation_id = me and h.seq = of_seq;
  return 1;
end $$;
create function erasing_purpose(purpose text) returns text language plpgsql immutable as $$
begin
  if purpose is null or purpose not in ('asked', 'retention_ended', 'recorded_by_mistake') then
    raise check_violation using message = 'history: nothing is erased for this purpose';
  end if;
  return purpose;
end $$;

-- Whose history there is: of one, by its slug, or of all. No content comes out of here.
create function organisations_with_history(wanted text) returns table (organisation_id uuid, slug text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug from organisation o where wanted is null or o.slug = wanted order by o.slug
$$;

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['chain_history(jsonb)', 'refuse_unchained()', 'forget_person(uuid,text,jsonb)',
      'forget_personal(bigint,text,jsonb)', 'organisations_with_history(text)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  foreach door in array array['chain_entries(history_entry[])',
    'record_across(uuid,text,uuid,text,uuid,text,text,text,jsonb)'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_door', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
