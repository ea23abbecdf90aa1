-- Begins what an office sent to one register, these escalations, anew in another, as the office stated it: a breach,
-- a run, a clock. Where the old one's moments rest on somebody else's statement, a machine's step
-- (workflows/notification/begun_anew.py) counts them. A breach that stood here before continues here. A delivery by
-- mail went to somebody else, and the history says so.
create or replace function state_breaches(office uuid, old_register uuid, new_register uuid, sent uuid[])
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  this_year constant integer := extract(year from now() at time zone 'Europe/Amsterdam');
  here constant uuid[] := array(select b.id from escalation e
    join breach b on b.organisation_id = e.controller_id and b.id = e.breach_id
   where e.processor_id = office and e.controller_id = old_register and e.id = any (sent) order by b.created_at, b.id);
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
    people_min, people_max, people_estimate, financial_undertaking, per_agreement, stated_aware_at,
    stated_aware_how, stated_by, became_aware_at, aware_how, alarm_at, due_at, terms)
  select new_register, b.id, this_year || '-' || lpad((last_number + m.nth)::text, 4, '0'), i.title, 'escalated',
    office, e.id, b.processor_name, i.id, e.contacts, i.found_at, i.happened_from, i.happened_until, i.description,
    i.cause, i.consequences, i.measures, i.facts, e.people_min, e.people_max, e.people_estimate,
    o.financial_undertaking, b.per_agreement,
    s.at, s.how, s.by, case when r.rests then b.became_aware_at end, case when r.rests then b.aware_how end,
    case when r.rests then b.alarm_at end, case when r.rests then b.due_at end, case when r.rests then b.terms end
    from unnest(told) with ordinality as m(id, nth)
    join breach b on b.organisation_id = old_register and b.id = m.id
    join escalation e on e.processor_id = office and e.controller_id = old_register and e.breach_id = b.id
    join incident i on i.organisation_id = office and i.id = e.incident_id
    join organisation o on o.id = new_register
   cross join lateral (select rests_on_office(b) and b.stated_aware_how <> 'mail' as rests) r
    left join lateral (select b.stated_aware_at as at, b.stated_aware_how as how, b.stated_by as by
                        where b.stated_aware_how not in ('receipt', 'mail')) s on true;
  insert into history_pending (organisation_id, entry)
  select new_register, row(new_register, 'breach', b.id, 'breach.received', null, null, 'processor', null, null,
    b.terms->>'name', jsonb_build_object('by', b.processor_name, 'people_min', b.people_min, 'people_max', b.people_max,
      'people_estimate', b.people_estimate, 'facts', b.facts, 'became_aware_at', b.became_aware_at),
    null, null, null)::history_entry
    from unnest(told) with ordinality as m(id, nth)
    join breach b on b.organisation_id = new_register and b.id = m.id order by m.nth;
  perform open_stated_run(r, new_register, rests_on_office(b) and b.stated_aware_how <> 'mail')
     from run r join breach b on b.organisation_id = r.organisation_id and b.id = r.subject_id
    where r.organisation_id = old_register and r.workflow = 'ap_notification' and r.subject_id = any (told)
    order by r.id;
  perform count_as_stated(new_register, told);
  insert into history_pending (organisation_id, entry)
  select new_register, row(new_register, 'breach', b.id, 'breach.delivery_led_elsewhere', null, null, 'processor', null,
    null, null, jsonb_build_object('by', b.stated_by, 'informed_at', b.stated_aware_at, 'how', b.stated_aware_how),
    null, null, null)::history_entry
    from breach b where b.organisation_id = old_register and b.id = any (here) and b.stated_aware_how = 'mail'
   order by b.id;
  perform take_up_again(office, old_register, new_register, stood_there);
  return cardinality(here);
end $$;

revoke execute on function state_breaches(uuid, uuid, uuid, uuid[]) from public;
grant execute on function state_breaches(uuid, uuid, uuid, uuid[]) to meldketen_door;
