-- One incident at 5,000 agreements, with less work per controller. Functions that are replaced keep their owner and their grants.

-- The same text as that of the jsonb array in 0011, for details are jsonb: the other elements only take no detour through it.
create or replace function history_text(organisation uuid, seq bigint, at timestamptz, subject_kind text, subject_id uuid, what text,
                                        actor_id uuid, role text, for_id uuid, actor bytea, version integer, terms text,
                                        details jsonb, personal bytea)
returns text language sql stable parallel safe as $$
  select json_build_array(1, organisation, seq, (extract(epoch from at) * 1000000)::bigint, subject_kind, subject_id, what, actor_id,
                          role, for_id, encode(actor, 'hex'), version, terms, details, encode(personal, 'hex'))::text
$$;

-- As in 0011, but sorted once: the numbers, the hashes and the last of each chain come from the same order.
create or replace function chain_entries(entries history_entry[]) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform from history_head h where h.organisation_id in (select e.organisation_id from unnest(entries) e)
    order by h.organisation_id for update;
  insert into history_person (organisation_id, actor_id, name, salt)
  select who.*, uuid_send(gen_random_uuid())
    from (select distinct e.organisation_id, e.actor_id, e.actor_name from unnest(entries) e where e.actor_name is not null) who
   where who.actor_id is null or not exists (select from history_person p where p.organisation_id = who.organisation_id
                                                and p.actor_id = who.actor_id and p.name = who.actor_name);
  with given as materialized (select e.* from unnest(entries) with ordinality e),
  people as materialized (
    select distinct on (who.organisation_id, who.actor_id, who.actor_name) who.*, p.id as person,
           sha256(p.salt || convert_to(p.name, 'UTF8')) as actor
      from (select distinct organisation_id, actor_id, actor_name from given where actor_name is not null) who
      join history_person p on p.organisation_id = who.organisation_id and p.name = who.actor_name
                           and p.actor_id is not distinct from who.actor_id
     order by who.organisation_id, who.actor_id, who.actor_name, p.id desc),
  placed as (
    select g.*, k.hash as before, k.seq + row_number() over (partition by g.organisation_id order by g.ordinality) as seq,
           lead(g.ordinality) over (partition by g.organisation_id order by g.ordinality) is null as is_last, p.person, p.actor
      from given g left join history_head k on k.organisation_id = g.organisation_id
      left join people p on p.organisation_id = g.organisation_id and p.actor_name = g.actor_name
                        and p.actor_id is not distinct from g.actor_id),
  chained as (
    select x.*, history_chained(before, history_leaf(history_text(organisation_id, seq, now(), subject_kind, subject_id, what,
             actor_id, role, for_id, actor, version, terms, details, personal))) over (partition by organisation_id order by ordinality
             rows unbounded preceding) as hash
      from placed x),
  kept as (
    insert into history_personal (organisation_id, seq, salt, sealed)
    select organisation_id, seq, salt, sealed from chained where personal is not null),
  written as (
    insert into history (organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor, version, terms,
                         details, personal, hash)
    select organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor, version, terms, details,
           personal, hash from chained)
  update history_head k set seq = last.seq, hash = last.hash
    from chained last where last.is_last and k.organisation_id = last.organisation_id;
end $$;

-- As in 0011, but the incident itself is read once and its text is not carried along per agreement, so that the hits fit in memory.
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
           count(*) over (partition by a.controller_id) as of_them, dense_rank() over (order by a.controller_id) as place,
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
  numbers as (  -- by the place of the controller: the planner would join two sets of 5,000 of which it expects one row each
    select array_agg(last order by organisation_id) as by_place from numbered
  ),
  breaches as (
    insert into breach (organisation_id, id, reference, title, origin, processor_id, escalation_id, processor_name, incident_id,
                        contacts, found_at, happened_from, happened_until, description, cause, consequences, measures, facts,
                        people_min, people_max, financial_undertaking)
    select controller_id, breach_id, this_year || '-' || lpad(((select by_place from numbers)[place] - of_them + nth)::text, 4, '0'),
           i.title, 'escalated', me, escalation_id, i.processor_name, incident_opened, contacts, i.found_at, i.happened_from,
           i.happened_until, i.description, i.cause, i.consequences, i.measures, i.facts, people_min, people_max,
           financial_undertaking
      from hit
  ),
  escalations as (
    insert into escalation (processor_id, id, controller_id, incident_id, agreement_id, breach_id, controller_name, people_min,
                            people_max, hours_agreed, became_aware_at, alarm_at, contacts, informed_at, informed_how)
    select me, escalation_id, controller_id, incident_opened, agreement_id, breach_id, controller_name, people_min, people_max,
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
        by_office.for_id, null, null, jsonb_build_object('people_min', people_min, 'people_max', people_max, 'alarm_at', alarm_at),
        null, null, null)::history_entry),
      ((controller_id, 'breach', breach_id, 'breach.received', null, null, 'processor', null, null, null,
        jsonb_build_object('by', i.processor_name, 'incident', i.reference, 'people_min', people_min, 'people_max', people_max,
                           'facts', i.facts),
        null, null, null)::history_entry)) as entry(one);
  if opened > 0 then
    perform chain_entries(entries);
  end if;
  return opened;
end $$;
