-- An office's agreements and escalations lead from a register that somebody opened to that of who proved the number.

-- What an office wrote in one register begins anew in another, as the office stated it: a breach, a dossier, a clock.
-- Where the old one's moments rest on somebody else's word, a machine's step (workflows/begun_anew.py) counts them.
create function state_breaches(office uuid, old_register uuid, new_register uuid) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare
  this_year constant integer := extract(year from now() at time zone 'Europe/Amsterdam');
  told constant uuid[] := array(select b.id from escalation e
    join breach b on b.organisation_id = e.controller_id and b.id = e.breach_id
   where e.processor_id = office and e.controller_id = old_register order by b.created_at, b.id);
  last_number integer;
begin
  insert into register_counter as k (organisation_id, kind, year, last)
  values (new_register, 'breach', this_year, cardinality(told))
  on conflict (organisation_id, kind, year) do update set last = k.last + excluded.last
  returning k.last - cardinality(told) into last_number;
  insert into breach (organisation_id, id, reference, title, origin, processor_id, escalation_id, processor_name,
    incident_id, contacts, found_at, happened_from, happened_until, description, cause, consequences, measures, facts,
    people_min, people_max, financial_undertaking, per_agreement, stated_aware_at, stated_aware_how, stated_by,
    became_aware_at, aware_how, alarm_at, due_at, terms)
  select new_register, b.id, this_year || '-' || lpad((last_number + m.nth)::text, 4, '0'), i.title, 'escalated',
    office, e.id, b.processor_name, i.id, e.contacts, i.found_at, i.happened_from, i.happened_until, i.description,
    i.cause, i.consequences, i.measures, i.facts, e.people_min, e.people_max, o.financial_undertaking, b.per_agreement,
    s.at, s.how, s.by, case when r.rests then b.became_aware_at end, case when r.rests then b.aware_how end,
    case when r.rests then b.alarm_at end, case when r.rests then b.due_at end, case when r.rests then b.terms end
    from unnest(told) with ordinality as m(id, nth)
    join breach b on b.organisation_id = old_register and b.id = m.id
    join escalation e on e.processor_id = office and e.controller_id = old_register and e.breach_id = b.id
    join incident i on i.organisation_id = office and i.id = e.incident_id
    join organisation o on o.id = new_register
   cross join lateral (select rests_on_office(b) as rests) r
    left join lateral (select b.stated_aware_at as at, b.stated_aware_how as how, b.stated_by as by
                        where b.stated_aware_how <> 'receipt') s on true;
  insert into history_pending (organisation_id, entry)
  select new_register, row(new_register, 'breach', b.id, 'breach.received', null, null, 'processor', null, null,
    b.terms->>'name', jsonb_build_object('by', b.processor_name, 'people_min', b.people_min, 'people_max', b.people_max,
      'facts', b.facts, 'became_aware_at', b.became_aware_at), null, null, null)::history_entry
    from unnest(told) with ordinality as m(id, nth)
    join breach b on b.organisation_id = new_register and b.id = m.id order by m.nth;
  perform open_stated_run(r, new_register, rests_on_office(b))
     from run r join breach b on b.organisation_id = r.organisation_id and b.id = r.subject_id
    where r.organisation_id = old_register and r.workflow = 'ap_notification' and r.subject_id = any (told)
    order by r.id;
  perform count_as_stated(new_register, told);
  return cardinality(told);
end $$;

-- Of a run in this register or another: the same workflow from its first step. Its clocks run from where they ran when
-- they rest on the office's word (a moment that is past is heard); else they wait for a moment.
create function open_stated_run(r run, at_register uuid, with_clock boolean) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  fresh constant uuid := uuidv7();
begin
  insert into run (organisation_id, id, workflow, version, subject_id)
  values (at_register, fresh, r.workflow, r.version, r.subject_id);
  insert into step (organisation_id, run_id, name, kind, state)
  select at_register, fresh, s.name, s.kind, 'waiting' from step s
   where s.organisation_id = r.organisation_id and s.run_id = r.id order by s.created_at, s.id limit 1;
  insert into clock (organisation_id, run_id, name, state, moments)
  select at_register, fresh, c.name, 'waiting', '{}' from clock c
   where c.organisation_id = r.organisation_id and c.run_id = r.id and (not with_clock or c.alarm_at is null);
  insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, heard, next_at)
  select at_register, fresh, c.name, 'running', c.started_at, c.alarm_at, c.due_at, c.moments, past.n,
         c.moments[past.n + 1]
    from clock c cross join lateral (select greatest(0, least(cardinality(c.moments) - 1,
           (select count(*)::integer from unnest(c.moments) m where m <= now()))) as n) past
   where c.organisation_id = r.organisation_id and c.run_id = r.id and with_clock and c.alarm_at is not null;
end $$;

-- Of these breaches that an office stated a moment of, and that have none yet, a machine counts it.
create function count_as_stated(register uuid, breaches uuid[]) returns void
language sql set search_path = public, pg_temp as $$
  with counted as (
    insert into run (organisation_id, workflow, version, subject_id)
    select register, 'begun_anew', 1, b.id from breach b
     where b.organisation_id = register and b.id = any (breaches)
       and b.stated_aware_at is not null and b.became_aware_at is null order by b.id
    on conflict (organisation_id, subject_id, workflow) do update set state = 'running', finished_at = null
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, round, kind, state)
  select c.organisation_id, c.id, 'count', 1 + (select coalesce(max(s.round), 0) from step s
           where s.organisation_id = c.organisation_id and s.run_id = c.id and s.name = 'count'), 'job', 'ready'
    from counted c
$$;

-- The office's side: what was confirmed and decided was by somebody else, and it waits for a receipt again, but for
-- what was confirmed in receipts. is_called: nobody else was told, so the office calls.
create function wait_for_receipt_again(office uuid, asked uuid[], receipts jsonb, is_called boolean) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update escalation e set decision = null, decided_at = null, acknowledged_link = null,
      acknowledged_at = (receipts -> e.breach_id::text ->> 'at')::timestamptz,
      acknowledged_by = receipts -> e.breach_id::text ->> 'by',
      call_needed_at = case when is_called or e.informed_how = 'receipt' then now() else e.call_needed_at end,
      informed_at = case when not is_called and e.informed_how <> 'receipt' then e.informed_at end,
      informed_how = case when not is_called and e.informed_how <> 'receipt' then e.informed_how end
   where e.processor_id = office and e.id = any (asked);
  with again as (
    update run r set state = 'running', finished_at = null
      from escalation e
     where r.organisation_id = office and r.workflow = 'escalation' and r.state = 'done' and r.subject_id = any (asked)
       and e.processor_id = office and e.id = r.subject_id and e.acknowledged_at is null
    returning r.id),
  undone as (
    update step s set state = 'cancelled' from again
     where s.organisation_id = office and s.run_id = again.id and s.name = 'acknowledge' and s.state = 'done'
    returning s.run_id, s.name, s.kind, s.round)
  insert into step (organisation_id, run_id, name, kind, state, round)
  select office, run_id, name, kind, 'waiting', round + 1 from undone;
  perform wake_steps(office, e.id) from escalation e
    where e.processor_id = office and e.id = any (asked) and e.acknowledged_at is not null;
end $$;

-- An office's agreements and what it escalated lead from a register that somebody opened to another one. What was done
-- there stays there, readable, and says so.
create function lead_elsewhere(office uuid, old_register uuid, new_register uuid, receipts jsonb, is_called boolean)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  told uuid[];
  n integer;
begin
  perform from organisation where id = old_register for update;
  perform from run where organisation_id = old_register order by id for update;
  perform from escalation where processor_id = office and controller_id = old_register order by id for update;
  perform from breach where organisation_id = old_register order by id for update;
  told := array(select e.id from escalation e
                 where e.processor_id = office and e.controller_id = old_register order by e.id);
  insert into history_pending (organisation_id, entry)
  select (line.entry).organisation_id, line.entry from escalation e cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.begun_anew', null, null, null, null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
                         'informed_at', e.informed_at, 'informed_how', e.informed_how),
      null, null, null)::history_entry),
    (row(old_register, 'breach', e.breach_id, 'breach.office_left', null, null, null, null, null, null,
      jsonb_build_object('by', (select name from organisation where id = office)),
      null, null, null)::history_entry)) as line(entry)
   where e.processor_id = office and e.id = any (told) order by e.id;
  n := state_breaches(office, old_register, new_register);
  update invitation i set expires_at = now() from escalation e  -- a used link shows the breach until it lapses
   where e.processor_id = office and e.id = any (told) and i.organisation_id = old_register
     and i.breach_id = e.breach_id and i.expires_at > now();
  update processing_agreement set controller_id = new_register
   where processor_id = office and controller_id = old_register;
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and id = any (told);
  perform wait_for_receipt_again(office, told, receipts, is_called);
  update consent set state = 'ended', ended_at = now()
   where controller_id = old_register and processor_id = office and state <> 'ended';
  return n;
end $$;

-- The people at both ends hear it: a machine's step of workflows/proven_elsewhere.py.
create function tell_of_proof(office uuid, old_register uuid, new_register uuid) returns void
language sql set search_path = public, pg_temp as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    values (office, 'proven_elsewhere', 1, new_register), (old_register, 'proven_elsewhere', 1, office)
    on conflict (organisation_id, subject_id, workflow) do nothing
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told;
  select record_across(old_register, 'organisation', old_register, 'consent.ended_by_proof', null, null, 'controller',
                       null, jsonb_build_object('processor', (select name from organisation where id = office)))
$$;

-- As in 0018; new: of a register that somebody opened who is not verified, only what the office stated comes along.
create or replace function answer_processor(processor uuid, answer text, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  p record;
  is_claimed boolean;
  moved integer := 0;
begin
  perform from organisation where id in (me, processor) order by id for update;
  select * into p from processors_of_mine() where processor_id = processor;
  if p.register is not null then  -- nobody opens it, or proves its number, at this moment
    perform from organisation where id = p.register for update;
    select * into p from processors_of_mine() where processor_id = processor;
  end if;
  if p.processor_id is null or (answer = 'ended') <> (p.state = 'accepted')
     or (answer = 'refused' and p.state <> 'asked') or (answer = 'accepted' and p.register is null)
     or answer not in ('accepted', 'refused', 'ended') then
    return null;
  end if;
  insert into consent as c (controller_id, processor_id, state, how, answered_at, answered_by, ended_at)
  values (me, processor, answer, 'asked', now(), by_user, case when answer = 'ended' then now() end)
  on conflict (controller_id, processor_id) do update
     set state = answer, answered_at = now(), answered_by = by_user, ended_at = excluded.ended_at;
  if answer = 'accepted' then
    select o.claimed_at is not null into is_claimed from organisation o where o.id = p.register;
    if is_claimed then
      moved := lead_elsewhere(processor, p.register, me,
        (select c.receipts from consent c where c.controller_id = me and c.processor_id = processor), false);
      perform tell_of_proof(processor, p.register, me);
    else
      moved := move_register(processor, p.register, me);
      update organisation set joined_into = me where id = p.register;
    end if;
  elsif answer = 'ended' then
    perform leave_register(processor, me);
  end if;
  if answer <> 'refused' then  -- of a refusal the office learns nothing
    perform record_across(processor, 'organisation', processor, 'consent.' || answer, null, null, 'controller', null,
      jsonb_build_object('by', (select name from organisation where id = me), 'breaches', moved));
  end if;
  return moved;
end $$;

do $$
declare part text;
begin
  foreach part in array array['state_breaches(uuid,uuid,uuid)', 'open_stated_run(run,uuid,boolean)',
      'count_as_stated(uuid,uuid[])', 'wait_for_receipt_again(uuid,uuid[],jsonb,boolean)',
      'lead_elsewhere(uuid,uuid,uuid,jsonb,boolean)', 'tell_of_proof(uuid,uuid,uuid)'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
