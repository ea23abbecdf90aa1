-- The doors: the only ways from one organisation to another. Each takes the sender from the session
-- (app.organisation), can do one thing, and belongs to a role that nobody can log in as.

create function acting_organisation() returns uuid language sql stable as $$
  select nullif(current_setting('app.organisation', true), '')::uuid
$$;

-- Where a user may go: asked before an organisation has been chosen.
create function memberships_of(who uuid)
returns table (organisation_id uuid, slug text, name text, role text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug, o.name, m.role
    from membership m join organisation o on o.id = m.organisation_id
   where m.user_id = who order by o.name, o.id
$$;

-- A new organisation that somebody sets up for itself (the office), outside any other.
create function found_organisation(new_slug text, new_name text, kvk text) returns uuid
language sql security definer set search_path = public, pg_temp as $$
  insert into organisation (slug, name, kvk_number, claimed_at) values (new_slug, new_name, kvk, now()) returning id
$$;

-- Agreements of the acting office, as a set. A client that is new gets its own organisation and register, unclaimed.
-- clients: [{"slug","name","kvk_number","client_number","financial_undertaking","hours_to_notify","contacts","services":{name: role},
--            "in_force_from","in_force_to"}]
create function register_clients(clients jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  added integer;
begin
  if me is null then raise exception 'no organisation is acting' using errcode = 'insufficient_privilege'; end if;
  insert into organisation (slug, name, kvk_number, financial_undertaking)
  select c.slug, c.name, c.kvk_number, c.financial_undertaking
    from jsonb_to_recordset(clients) as c(slug text, name text, kvk_number text, financial_undertaking boolean)
  on conflict (kvk_number) do nothing;
  insert into processing_agreement (processor_id, controller_id, client_number, controller_name, hours_to_notify, contacts,
                                    in_force_from, in_force_to)
  select me, o.id, c.client_number, c.name, c.hours_to_notify, coalesce(c.contacts, '[]'), c.in_force_from, c.in_force_to
    from jsonb_to_recordset(clients) as c(name text, kvk_number text, client_number text, hours_to_notify integer, contacts jsonb,
                                          in_force_from date, in_force_to date)
    join organisation o on o.kvk_number = c.kvk_number;
  get diagnostics added = row_count;
  insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
  select me, a.id, a.controller_id, s.key, s.value
    from jsonb_to_recordset(clients) as c(client_number text, in_force_from date, services jsonb)
    join processing_agreement a on a.processor_id = me and a.client_number = c.client_number and a.in_force_from = c.in_force_from
   cross join lateral jsonb_each_text(c.services) as s;
  return added;
end $$;

-- One incident opens at every controller it hits: escalation, breach, runs, first steps, clocks and history, in one statement.
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
           i.title, i.found_at, i.happened_from, i.happened_until, i.became_aware_at, i.description, i.cause, i.consequences,
           i.measures, i.facts, i.reference as incident_reference, office.name as processor_name, o.financial_undertaking,
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
       and (i.found_at at time zone 'Europe/Amsterdam')::date between a.in_force_from and coalesce(a.in_force_to, 'infinity')
       and exists (select from agreed_service s where s.processor_id = me and s.agreement_id = a.id
                      and s.role = 'processor' and s.service = any (i.services))
       and not exists (select from escalation e where e.processor_id = me and e.incident_id = i.id and e.agreement_id = a.id)
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
    insert into breach (organisation_id, id, reference, title, origin, processor_id, escalation_id, processor_name, incident_id,
                        contacts, found_at, happened_from, happened_until, description, cause, consequences, measures, facts,
                        people_min, people_max, financial_undertaking)
    select h.controller_id, h.breach_id,
           this_year || '-' || lpad(((numbers.by_controller->>h.controller_id::text)::int - h.of_them + h.nth)::text, 4, '0'),
           h.title, 'escalated', me, h.escalation_id, h.processor_name, incident_opened, h.contacts, h.found_at, h.happened_from,
           h.happened_until, h.description, h.cause, h.consequences, h.measures, h.facts, h.people_min, h.people_max,
           h.financial_undertaking
      from hit h cross join numbers
  ),
  escalations as (
    insert into escalation (processor_id, id, controller_id, incident_id, agreement_id, breach_id, controller_name, people_min,
                            people_max, hours_agreed, became_aware_at, alarm_at, contacts, informed_at, informed_how)
    select me, escalation_id, controller_id, incident_opened, agreement_id, breach_id, controller_name, people_min, people_max,
           hours_to_notify, became_aware_at, alarm_at, contacts, informed_at, informed_how
      from hit
  ),
  runs as (
    insert into run (organisation_id, id, workflow, version, subject_id)
    select me, office_run, plan#>>'{office,workflow}', (plan#>>'{office,version}')::int, escalation_id from hit
    union all
    select controller_id, controller_run, plan#>>'{controller,workflow}', (plan#>>'{controller,version}')::int, breach_id from hit
  ),
  steps as (
    insert into step (organisation_id, run_id, name, kind, state)
    select me, office_run, plan#>>'{office,step}', 'job', 'ready' from hit
    union all
    select controller_id, controller_run, plan#>>'{controller,step}', 'human', 'waiting' from hit
  ),
  clocks as (
    insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, next_at)
    select me, office_run, plan#>>'{office,clock}', 'running', became_aware_at, alarm_at, alarm_at, moments, moments[1] from hit
    union all
    select controller_id, controller_run, plan#>>'{controller,clock}', 'waiting', null, null, null, '{}', null from hit
  ),
  histories as (
    insert into history (organisation_id, subject_id, seq, subject_kind, what, actor_id, actor_name, details, hash)
    select organisation_id, subject_id, 1, subject_kind, what, (plan->>'actor_id')::uuid, actor_name, details,
           history_hash(null, organisation_id, subject_id, 1, now(), what, (plan->>'actor_id')::uuid, actor_name, details)
      from hit cross join lateral (values
        (me, escalation_id, 'escalation', 'escalation.opened', plan->>'actor_name',
         jsonb_build_object('people_min', people_min, 'people_max', people_max, 'alarm_at', alarm_at)),
        (controller_id, breach_id, 'breach', 'breach.received', processor_name,
         jsonb_build_object('incident', incident_reference, 'people_min', people_min, 'people_max', people_max, 'facts', facts))
      ) as entry(organisation_id, subject_id, subject_kind, what, actor_name, details)
  )
  select count(*) into opened from hit;
  return opened;
end $$;

-- The controllers were informed: from that moment each is aware (Art. 33(1)) and its clock runs. Never overwrites a moment.
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
      from jsonb_to_recordset(rows) as x(escalation_id uuid, informed_at timestamptz, informed_how text, counted_from timestamptz,
                                         alarm_at timestamptz, due_at timestamptz, terms jsonb, moments timestamptz[], clock text)
      join escalation e on e.processor_id = me and e.id = x.escalation_id
      join organisation o on o.id = me
     order by e.controller_id, e.breach_id
  loop
    update escalation set informed_at = informed.informed_at, informed_how = informed.informed_how, call_needed_at = null
     where processor_id = me and id = informed.escalation_id and informed_at is null;
    update breach set became_aware_at = informed.informed_at, aware_how = informed.informed_how, alarm_at = informed.alarm_at,
                      due_at = informed.due_at, terms = informed.terms, version = version + 1
     where organisation_id = informed.controller_id and id = informed.breach_id and became_aware_at is null;
    if found then
      n := n + 1;
      update clock c set state = 'running', started_at = informed.counted_from, alarm_at = informed.alarm_at,
                         due_at = informed.due_at, moments = informed.moments, next_at = informed.moments[1]
        from run r
       where r.organisation_id = informed.controller_id and r.subject_id = informed.breach_id
         and c.organisation_id = r.organisation_id and c.run_id = r.id and c.name = informed.clock and c.state = 'waiting';
      perform record_history(informed.controller_id, jsonb_build_array(jsonb_build_object(
        'subject_kind', 'breach', 'subject_id', informed.breach_id, 'what', 'breach.aware', 'actor_name', informed.office,
        'details', jsonb_build_object('became_aware_at', informed.informed_at, 'how', informed.informed_how,
                                      'alarm_at', informed.alarm_at, 'due_at', informed.due_at))));
    end if;
  end loop;
  return n;
end $$;

-- Something outside happened that a waiting step looks at: it becomes ready. Touches running steps too, so that a worker that is
-- just reading the facts cannot put the step to sleep after they changed.
create function wake_steps(organisation uuid, subject uuid) returns void language sql as $$
  update step s set state = case when s.state = 'waiting' then 'ready' else s.state end,
                    ready_at = case when s.state = 'waiting' then now() else s.ready_at end
    from run r
   where r.organisation_id = organisation and r.subject_id = subject
     and s.organisation_id = r.organisation_id and s.run_id = r.id and s.kind = 'job' and s.state in ('waiting', 'running')
$$;

-- The controller confirms receipt of what its processor sent.
create function acknowledge_receipt(breach_received uuid, by_name text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  sent record;
  acknowledged timestamptz;
begin
  update escalation set acknowledged_at = now(), acknowledged_by = by_name
   where controller_id = me and breach_id = breach_received and acknowledged_at is null
  returning processor_id, id, acknowledged_at into sent;
  if not found then return null; end if;
  update breach set acknowledged_at = sent.acknowledged_at where organisation_id = me and id = breach_received;
  perform record_history(sent.processor_id, jsonb_build_array(jsonb_build_object('subject_kind', 'escalation',
    'subject_id', sent.id, 'what', 'escalation.acknowledged', 'actor_name', by_name)));
  perform wake_steps(sent.processor_id, sent.id);
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

-- A recipient's state only grows, in whatever order the events arrive.
create function mail_state_rank(state text) returns integer language sql immutable parallel safe as $$
  select case state when 'planned' then 0 when 'unknown' then 1 when 'accepted' then 2 when 'processed' then 3 when 'deferred' then 4
                    when 'delivered' then 5 else 6 end
$$;

-- Delivery events, as a set, of any organisation: which one follows from the recipient, never from the message.
-- events: [{"id","m","b","event","at","reason"}]; returns the organisations that have something to look at.
create function record_mail_events(events jsonb) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  fresh jsonb;
  abouts record;
begin
  with kept as (
    insert into mail_event (organisation_id, sg_event_id, recipient_id, batch_id, event, at, reason)
    select distinct on (r.organisation_id, x.id) r.organisation_id, x.id, r.id, b.id, x.event, x.at, x.reason
      from jsonb_to_recordset(events) as x(id text, m uuid, b uuid, event text, at timestamptz, reason text)
      join recipient r on r.id = x.m
      join mail_batch b on b.organisation_id = r.organisation_id and b.id = x.b
     order by r.organisation_id, x.id
    on conflict do nothing
    returning organisation_id, recipient_id, batch_id, event, at, reason
  )
  select jsonb_agg(kept) into fresh from kept;
  if fresh is null then return; end if;

  -- An event of one is evidence for its whole batch: SendGrid accepts a request whole or not at all. Also while the answer is
  -- still awaited: its sender then comes too late and writes nothing. Batches before recipients, as every sender locks them.
  with awaited as materialized (
    select b.organisation_id, b.id from mail_batch b
     where (b.organisation_id, b.id) in (select f.organisation_id, f.batch_id
                                           from jsonb_to_recordset(fresh) as f(organisation_id uuid, batch_id uuid))
       and b.state in ('sending', 'unknown')
     order by b.organisation_id, b.id for no key update),
  proven as (
    update mail_batch b set state = 'accepted', token = null, lease_until = null, error = null, answered_at = now()
      from awaited a where b.organisation_id = a.organisation_id and b.id = a.id
    returning b.organisation_id, b.id)
  update recipient r set state = 'accepted', state_at = now() from proven p
   where r.organisation_id = p.organisation_id and r.batch_id = p.id and r.state in ('planned', 'unknown');

  with best as materialized (
    select distinct on (f.organisation_id, f.recipient_id) f.organisation_id, f.recipient_id, f.at, f.reason, s.state
      from jsonb_to_recordset(fresh) as f(organisation_id uuid, recipient_id uuid, event text, at timestamptz, reason text)
     cross join lateral (select case f.event when 'bounce' then 'bounced' else f.event end as state) s
     where f.event in ('processed', 'deferred', 'delivered', 'bounce', 'dropped')
     order by f.organisation_id, f.recipient_id, mail_state_rank(s.state) desc, f.at),
  locked as materialized (
    select r.organisation_id, r.id from recipient r
     where (r.organisation_id, r.id) in (select b.organisation_id, b.recipient_id from best b)
     order by r.organisation_id, r.id for no key update)
  update recipient r set state = best.state, state_at = best.at, reason = best.reason
    from best join locked l on l.organisation_id = best.organisation_id and l.id = best.recipient_id
   where r.organisation_id = best.organisation_id and r.id = best.recipient_id
     and mail_state_rank(r.state) < mail_state_rank(best.state);

  for abouts in
    select distinct r.organisation_id, r.about_id, r.purpose
      from jsonb_to_recordset(fresh) as f(organisation_id uuid, recipient_id uuid, event text)
      join recipient r on r.organisation_id = f.organisation_id and r.id = f.recipient_id
     where f.event in ('delivered', 'bounce', 'dropped') and r.purpose in ('escalation', 'notice')
     order by r.organisation_id, r.about_id
  loop
    if abouts.purpose = 'notice' and exists (select from recipient r where r.organisation_id = abouts.organisation_id
         and r.about_id = abouts.about_id and r.state in ('planned', 'unknown', 'accepted', 'processed', 'deferred')) then
      continue;
    end if;
    perform wake_steps(abouts.organisation_id, abouts.about_id);
  end loop;
  return query select distinct f.organisation_id from jsonb_to_recordset(fresh) as f(organisation_id uuid);
end $$;

-- Each second, by any clock process: lapsed leases, and the organisations that have something to do.
create function sweep(most integer) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  update step s set state = case when s.attempt >= 8 then 'failed' else 'ready' end, lease_token = null, lease_until = null,
                    ready_at = now(), error = 'lease lapsed'
    from (select organisation_id, id from step where state = 'running' and lease_until < now()
           order by organisation_id, id limit 1000 for update skip locked) lapsed
   where s.organisation_id = lapsed.organisation_id and s.id = lapsed.id;
  -- Nobody knows whether this call arrived: it is never planned again by a machine.
  with lapsed as (
    update mail_batch b set state = 'unknown', token = null, lease_until = null, error = 'lease lapsed', answered_at = now()
      from (select organisation_id, id from mail_batch where state = 'sending' and lease_until < now()
             order by organisation_id, id limit 1000 for update skip locked) l
     where b.organisation_id = l.organisation_id and b.id = l.id returning b.organisation_id, b.id)
  update recipient r set state = 'unknown', state_at = now() from lapsed l
   where r.organisation_id = l.organisation_id and r.batch_id = l.id and r.state = 'planned';
  return query
    select w.organisation_id from (
      select s.organisation_id from step s where s.state = 'ready' and s.ready_at <= now()
      union select b.organisation_id from mail_batch b where b.state = 'planned' and b.not_before <= now()) w
    order by random() limit most;
end $$;

-- The organisations with a clock that must be heard now.
create function organisations_with_due_clocks(most integer) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct organisation_id from (select organisation_id from clock where next_at <= now() order by next_at limit most) due
$$;

-- "Is this message genuine?": the public page asks by the code in the message.
create function notice_with_code(code text) returns table (organisation_name text, subject text, sent_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, n.subject, n.sent_at from notice n join organisation o on o.id = n.organisation_id
   where n.check_code = upper(trim(code)) and n.sent_at is not null
$$;

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['memberships_of(uuid)', 'found_organisation(text,text,text)', 'register_clients(jsonb)',
      'open_escalations(uuid,jsonb,jsonb)', 'controllers_informed(jsonb)', 'acknowledge_receipt(uuid,text)',
      'report_decision(uuid,text)', 'record_mail_events(jsonb)', 'sweep(integer)', 'organisations_with_due_clocks(integer)',
      'notice_with_code(text)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
