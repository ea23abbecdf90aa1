-- A breach stands once in a register. What led elsewhere does not come along with a register, and what comes back to
-- a register where it stood before goes on there.

-- Whether the escalation of this breach leads to the register that it stands in; else it was left behind there.
create function leads_here(b breach) returns boolean language sql stable set search_path = public, pg_temp as $$
  select exists (select from escalation e where e.processor_id = b.processor_id and e.controller_id = b.organisation_id
                                            and e.breach_id = b.id)
$$;

-- As open_breaches_anew of 0026, for these breaches of one office.
create function open_anew(office uuid, register uuid, breaches uuid[]) returns void language plpgsql
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
      contacts = e.contacts, severity_answers = null, enisa = null, authority_severity = null, edpb_severity = null,
      financial_undertaking = o.financial_undertaking
    from escalation e, incident i, organisation o
   where b.organisation_id = register and b.id = any (breaches) and e.processor_id = office and e.breach_id = b.id
     and i.organisation_id = office and i.id = e.incident_id and o.id = register;
  perform count_as_stated(register, breaches);
end $$;

-- As in 0026; new: what was left behind there ends, and does not begin anew.
create or replace function open_breaches_anew(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  perform open_anew(office, register, array(select b.id from breach b
    where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and leads_here(b)));
  perform close_dossiers(register, array(select b.id from breach b
    where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and not leads_here(b)));
end $$;

-- Breaches that come to a register where they stood before: its own people go on with what they have. Where nobody
-- goes on (it is unclaimed, or was closed) they begin anew as the office stated them. The clock that ran last runs.
create function take_up_again(office uuid, old_register uuid, register uuid, breaches uuid[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update breach b set acknowledged_at = null, version = b.version + 1,
      (stated_aware_at, stated_aware_how, stated_by) = (
        select case when s.is_newer then o.stated_aware_at else b.stated_aware_at end,
               case when s.is_newer then o.stated_aware_how else b.stated_aware_how end,
               case when s.is_newer then o.stated_by else b.stated_by end
          from (select b.stated_aware_at is null and o.stated_aware_how <> 'receipt' as is_newer) s)
    from breach o
   where b.organisation_id = register and b.id = any (breaches) and o.organisation_id = old_register and o.id = b.id;
  perform open_anew(office, register, array(select b.id from breach b join organisation o on o.id = b.organisation_id
    where b.organisation_id = register and b.id = any (breaches) and (o.claimed_at is null or not exists (
      select from run r where r.organisation_id = register and r.subject_id = b.id and r.workflow = 'ap_notification'
                          and r.state <> 'cancelled'))));
  perform count_as_stated(register, breaches);
  insert into history_pending (organisation_id, entry)
  select register, row(register, 'breach', b.id, 'breach.taken_up_again', null, null, 'processor', null, null, null,
    jsonb_build_object('by', b.processor_name), null, null, null)::history_entry
    from breach b where b.organisation_id = register and b.id = any (breaches) order by b.id;
end $$;

-- Those that stand in this register already.
create function standing_in(register uuid, breaches uuid[]) returns uuid[] language sql stable
  set search_path = public, pg_temp as $$
  select array(select b.id from breach b where b.organisation_id = register and b.id = any (breaches) order by b.id)
$$;

-- As in 0018; new: what was left behind there does not come along, and what stood here before goes on here.
create or replace function move_register(office uuid, old_register uuid, new_register uuid) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare
  moved uuid[];
  stood_there uuid[];
  last_number integer;
begin
  -- Whoever writes about these breaches ends first: what it wrote is copied, and nobody writes beside it.
  perform from organisation where id = old_register for update;
  perform from run where organisation_id = old_register order by id for update;
  perform from escalation where processor_id = office and controller_id = old_register order by id for update;
  perform from breach where organisation_id = old_register order by id for update;
  moved := array(select b.id from breach b where b.organisation_id = old_register and b.processor_id = office
                    and b.origin = 'escalated' and leads_here(b) order by b.created_at, b.id);
  stood_there := standing_in(new_register, moved);
  moved := array(select m.id from unnest(moved) with ordinality as m(id, nth) where m.id <> all (stood_there)
                  order by m.nth);
  insert into register_counter as k (organisation_id, kind, year, last)
  values (new_register, 'breach', extract(year from now() at time zone 'Europe/Amsterdam'), cardinality(moved))
  on conflict (organisation_id, kind, year) do update set last = k.last + excluded.last
  returning k.last - cardinality(moved) into last_number;
  insert into breach
  select (jsonb_populate_record(b, jsonb_build_object('organisation_id', new_register, 'reference',
           extract(year from now() at time zone 'Europe/Amsterdam') || '-' ||
             lpad((last_number + m.nth)::text, 4, '0')))).*
    from unnest(moved) with ordinality as m(id, nth) join breach b on b.organisation_id = old_register and b.id = m.id;
  perform move_dossiers(old_register, new_register, moved);
  perform move_glass(old_register, new_register, moved);
  perform move_notices(old_register, new_register, moved);
  perform take_up_again(office, old_register, new_register, stood_there);
  perform close_dossiers(old_register, array(select b.id from breach b where b.organisation_id = old_register
                                                and b.processor_id = office and b.origin = 'escalated'));
  update processing_agreement set controller_id = new_register
   where processor_id = office and controller_id = old_register;
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and controller_id = old_register;
  update invitation set organisation_id = new_register
   where organisation_id = old_register and breach_id = any (moved || stood_there) and used_at is null;
  insert into history_pending (organisation_id, entry)
  select new_register, row(new_register, 'breach', b.id, 'breach.moved_in', null, null, 'processor', null, null,
    b.terms->>'name',
           jsonb_build_object('by', b.processor_name, 'from_register', old_register, 'reference_there', b.reference,
             'chain_there', k.seq, 'head_there', encode(k.hash, 'hex'), 'notices_sent_there',
             (select count(*) from notice n where n.organisation_id = old_register and n.breach_id = b.id
                                              and n.sent_at is not null)), null, null, null)::history_entry
    from unnest(moved) with ordinality as m(id, nth)
    join breach b on b.organisation_id = old_register and b.id = m.id
    join history_head k on k.organisation_id = old_register order by m.nth;
  return cardinality(moved || stood_there);
end $$;

-- As in 0026; new: what stood here before goes on here.
create or replace function state_breaches(office uuid, old_register uuid, new_register uuid) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare
  this_year constant integer := extract(year from now() at time zone 'Europe/Amsterdam');
  here constant uuid[] := array(select b.id from escalation e
    join breach b on b.organisation_id = e.controller_id and b.id = e.breach_id
   where e.processor_id = office and e.controller_id = old_register order by b.created_at, b.id);
  stood_there constant uuid[] := standing_in(new_register, here);
  told constant uuid[] := array(select m.id from unnest(here) with ordinality as m(id, nth)
                                 where m.id <> all (stood_there) order by m.nth);
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
  perform take_up_again(office, old_register, new_register, stood_there);
  return cardinality(here);
end $$;

-- As in 0026; new: one that a breach was left behind in is closed too: its office has another register.
create or replace function release_claim(at_slug text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r organisation;
  newer uuid;
  offices uuid[];
begin
  select o.* into r from organisation o
   where o.slug = at_slug and o.claimed_at is not null and o.made_by is not null and o.joined_into is null
     for update;
  if not found then return null; end if;
  offices := array(select c.processor_id from consent c
                    where c.controller_id = r.id and (c.state = 'accepted' or c.processor_id = r.made_by)
                   union select b.processor_id from breach b
                    where b.organisation_id = r.id and b.processor_id is not null
                   union select r.made_by);
  if cardinality(offices) > 1 or exists (select from breach b where b.organisation_id = r.id
      and b.origin = 'escalated' and not leads_here(b)) then
    update organisation set verified_at = null, verified_how = null, verified_note = null where id = r.id;
    perform describe_as_registered(r.id);  -- once nothing is proven: a proven name stays
    perform part_offices((select o from organisation o where o.id = r.id));
  else
    -- Where the stranger ended the office, the agreements lead to a newer register: that one goes on in this one.
    update organisation o set joined_into = r.id
     where o.made_by = r.made_by and o.kvk_number = r.kvk_number and o.claimed_at is null and o.joined_into is null
    returning o.id into newer;
    update organisation set claimed_at = null, verified_at = null, verified_how = null, verified_note = null
     where id = r.id;
    perform describe_as_registered(r.id);
    perform undo_of_strangers(r.made_by, r.id);  -- before the breaches of the newer register come: not theirs
    if newer is not null then
      perform move_register(r.made_by, newer, r.id);
      perform chain_history('[]');
    end if;
  end if;
  update consent set state = 'ended', ended_at = now() where controller_id = r.id and state <> 'ended';
  perform chain_entries(array[row(r.id, 'organisation', r.id, 'register.claim_released', null, null, 'operator', null,
    null, null, jsonb_build_object('note', why), null, null, null)::history_entry]
    || array(select row(o, 'organisation', o, 'register.claim_released', null, null, 'operator', null, null, null,
               jsonb_build_object('note', why, 'clients', (select jsonb_agg(distinct a.client_number)
                 from processing_agreement a join organisation at on at.id = a.controller_id
                where a.processor_id = o and at.kvk_number = r.kvk_number)), null, null, null)::history_entry
               from unnest(offices) o order by o));
  return r.id;
end $$;

-- Registers that were released before: what was left behind there has no clock.
set local role meldketen_door;
select close_dossiers(o.id, array(select b.id from breach b where b.organisation_id = o.id and b.origin = 'escalated'
                                     and not leads_here(b)))
  from organisation o where o.claimed_at is null and o.joined_into is null and o.made_by is not null;
reset role;

do $$
declare part text;
begin
  foreach part in array array['leads_here(breach)', 'open_anew(uuid,uuid,uuid[])',
      'take_up_again(uuid,uuid,uuid,uuid[])', 'standing_in(uuid,uuid[])'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
