-- One incident opens at every controller it hits: one escalation and one breach for each controller, however many
-- agreements it has.

alter table breach no force row level security;
-- true: a second one, of when each agreement had its own
alter table breach add column per_agreement boolean not null default false;
update breach b set per_agreement = true
 where origin = 'escalated' and exists (
   select from breach e where e.organisation_id = b.organisation_id and e.processor_id = b.processor_id
                          and e.incident_id = b.incident_id and e.origin = 'escalated' and e.id < b.id);
alter table breach force row level security;
create unique index breach_of_incident on breach (organisation_id, processor_id, incident_id)
  where origin = 'escalated' and not per_agreement;

-- A controller that is hit, with what its agreements come to: the tightest hours, everybody's contacts, all people.
create type controller_hit as (
  place bigint, controller_id uuid, agreement_id uuid, controller_name text, contacts jsonb, hours_agreed integer,
    alarm_at timestamptz,
  moments timestamptz[], people_min bigint, people_max bigint, informed_at timestamptz, informed_how text,
  financial_undertaking boolean, breach_id uuid, escalation_id uuid, office_run uuid, controller_run uuid,
    reference text
);
create function controllers_hit(i incident, terms jsonb) returns setof controller_hit language sql as $$
  select row_number() over (order by h.controller_id), h.controller_id, h.agreements[1], h.names[1], h.contacts,
    h.hours[1], h.alarms[1],
         (select t.moments from jsonb_to_recordset(terms) as t(hours integer, moments timestamptz[])
           where t.hours is not distinct from h.hours[1]),
         h.people_min, h.people_max, h.informed_at[1], h.informed_how[1], o.financial_undertaking,
         uuidv7(), uuidv7(), uuidv7(), uuidv7(), null::text
    from (
      select a.controller_id, array_agg(a.id order by t.alarm_at, a.id) as agreements,
             array_agg(a.controller_name order by t.alarm_at, a.id) as names,
             jsonb_path_query_array(jsonb_agg(a.contacts order by t.alarm_at, a.id), '$[*][*]') as contacts,
             array_agg(a.hours_to_notify order by t.alarm_at, a.id) as hours,
               array_agg(t.alarm_at order by t.alarm_at, a.id) as alarms,
             case when bool_and(c.people_min is not null) then sum(c.people_min) end as people_min,
             case when bool_and(c.people_max is not null) then sum(c.people_max) end as people_max,
             array_agg(c.informed_at order by c.informed_at) as informed_at,
             array_agg(c.informed_how order by c.informed_at) as informed_how
        from incident_client c
        join processing_agreement a on a.processor_id = c.organisation_id and a.id = c.agreement_id
        join jsonb_to_recordset(terms) as t(hours integer, alarm_at timestamptz) on t.hours is not distinct
          from a.hours_to_notify
       where c.organisation_id = i.organisation_id and c.incident_id = i.id
         and (i.found_at at time zone 'Europe/Amsterdam')::date between a.in_force_from
           and coalesce(a.in_force_to, 'infinity')
         and exists (select from agreed_service s where s.processor_id = i.organisation_id and s.agreement_id = a.id
                        and s.role = 'processor' and s.service = any (i.services))
         and not exists (select from escalation e where e.processor_id = i.organisation_id and e.incident_id = i.id
                            and e.controller_id = a.controller_id)
       group by a.controller_id) h
    join organisation o on o.id = h.controller_id
$$;
-- The same with the number that each breach gets in its register.
create function numbered_hits(hits controller_hit[]) returns controller_hit[] language sql as $$
  with years as (select extract(year from now() at time zone 'Europe/Amsterdam')::integer as this),
  numbered as (
    insert into register_counter (organisation_id, kind, year, last)
    select h.controller_id, 'breach', years.this, 1 from unnest(hits) h cross join years order by h.controller_id
    on conflict (organisation_id, kind, year) do update set last = register_counter.last + 1
    returning organisation_id, last),
  -- two sets of 5,000 are not joined
  numbers as (select array_agg(last order by organisation_id) as by_place from numbered)
  select array_agg(row(h.place, h.controller_id, h.agreement_id, h.controller_name, h.contacts, h.hours_agreed,
    h.alarm_at, h.moments,
           h.people_min, h.people_max, h.informed_at, h.informed_how, h.financial_undertaking, h.breach_id,
             h.escalation_id, h.office_run,
           h.controller_run, years.this || '-' || lpad(((select by_place from numbers)[h.place])::text, 4,
             '0'))::controller_hit)
    from unnest(hits) h cross join years
$$;
create function open_breaches(i incident, office text, hits controller_hit[]) returns void language sql as $$
  insert into breach (organisation_id, id, reference, title, origin, processor_id, escalation_id, processor_name,
    incident_id,
                      contacts, found_at, happened_from, happened_until, description, cause, consequences, measures,
                        facts,
                      people_min, people_max, financial_undertaking)
  select controller_id, breach_id, reference, i.title, 'escalated', i.organisation_id, escalation_id, office, i.id,
    contacts, i.found_at,
         i.happened_from, i.happened_until, i.description, i.cause, i.consequences, i.measures, i.facts, people_min,
           people_max,
         financial_undertaking
    from unnest(hits);
  insert into escalation (processor_id, id, controller_id, incident_id, agreement_id, breach_id, controller_name,
    people_min,
                          people_max, hours_agreed, became_aware_at, alarm_at, contacts, informed_at, informed_how)
  select i.organisation_id, escalation_id, controller_id, i.id, agreement_id, breach_id, controller_name, people_min,
    people_max,
         hours_agreed, i.became_aware_at, alarm_at, contacts, informed_at, informed_how
    from unnest(hits)
$$;
-- In a register that is in use its own people are written to, beside the contacts that the office knows; and the people
-- of a verified organisation that this office still asks to be accepted.
create function open_word_to_own_people(plan jsonb, hits controller_hit[]) returns void language sql as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    select h.controller_id, plan#>>'{own_people,workflow}', (plan#>>'{own_people,version}')::integer, h.breach_id
      from unnest(hits) h join organisation o on o.id = h.controller_id
     where o.claimed_at is not null and plan ? 'own_people'
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, plan#>>'{own_people,step}', 'job', 'ready' from told;
  select word_to_asked(array_agg(h.breach_id), array_agg(h.controller_id)) from unnest(hits) h
$$;
-- Of each hit a dossier at the office and one at the controller, with its first step and its clock.
create function open_dossiers(i incident, plan jsonb, hits controller_hit[]) returns void language sql as $$
  insert into run (organisation_id, id, workflow, version, subject_id)
  select i.organisation_id, office_run, plan#>>'{office,workflow}', (plan#>>'{office,version}')::integer, escalation_id
    from unnest(hits)
  union all
  select controller_id, controller_run, plan#>>'{controller,workflow}', (plan#>>'{controller,version}')::integer,
    breach_id
    from unnest(hits);
  insert into step (organisation_id, run_id, name, kind, state)
  select i.organisation_id, office_run, plan#>>'{office,step}', 'job', 'ready' from unnest(hits)
  union all
  select controller_id, controller_run, plan#>>'{controller,step}', 'human', 'waiting' from unnest(hits);
  insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, next_at)
  select i.organisation_id, office_run, plan#>>'{office,clock}', 'running', i.became_aware_at, alarm_at, alarm_at,
    moments, moments[1]
    from unnest(hits)
  union all
  select controller_id, controller_run, plan#>>'{controller,clock}', 'waiting', null, null, null, '{}', null
    from unnest(hits)
$$;

-- terms: [{"hours", "alarm_at", "moments"}], what the contract hours come to (the rule is in workflows/gdpr.py).
-- plan: {"office": {"workflow","version","step","clock"}, "controller": {...}, "actor_id", "actor_name", "role",
-- "for_id"}. The entries are chained last of all, after every other row was locked. How many controllers were hit.
create or replace function open_escalations(incident_opened uuid, terms jsonb, plan jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  office constant text := (select name from organisation where id = me);
  i incident;
  hits controller_hit[];
begin
  -- A controller that accepts this office at this moment ends first: its agreements lead to its own register then.
  perform from organisation where id = me for key share;
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
      jsonb_build_object('people_min', h.people_min, 'people_max', h.people_max, 'alarm_at', h.alarm_at),
      null, null, null)::history_entry),
    ((h.controller_id, 'breach', h.breach_id, 'breach.received', null, null, 'processor', null, null, null,
      jsonb_build_object('by', office, 'incident', i.reference, 'people_min', h.people_min, 'people_max', h.people_max,
        'facts', i.facts),
      null, null, null)::history_entry)) as entry(e);
  return cardinality(hits);
end $$;

do $$
declare part text;
begin
  foreach part in array array['controllers_hit(incident,jsonb)', 'numbered_hits(controller_hit[])',
      'open_breaches(incident,text,controller_hit[])', 'open_word_to_own_people(jsonb,controller_hit[])',
        'open_dossiers(incident,jsonb,controller_hit[])'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
