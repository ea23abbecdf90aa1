-- Where an office's mail led to somebody who opened a register and never proved its number: nothing goes to those
-- contacts until the office confirmed or replaced them, and what was delivered and confirmed there does not count.

-- Mail of before this moment led to somebody else: that it was delivered informs nobody.
alter table escalation add column led_elsewhere_at timestamptz;

-- In the list of contacts: those that somebody opened this register through, or all with an address where no link of
-- theirs is known, are to be confirmed by the office since this moment: {"led_elsewhere_at"} beside name and address.
create function mark_contacts(contacts jsonb, addresses text[], since timestamptz) returns jsonb
language sql immutable set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(case
           when coalesce(c.contact->>'email', '') <> ''
                and (addresses is null or lower(trim(c.contact->>'email')) = any (addresses))
           then c.contact || jsonb_build_object('led_elsewhere_at', since) else c.contact end order by c.nth), '[]')
    from jsonb_array_elements(contacts) with ordinality as c(contact, nth)
$$;

-- The addresses that somebody came through to a register of this office; null: none of the contacts there is one.
create function came_through(office uuid, register uuid) returns text[] language sql stable
  set search_path = public, pg_temp as $$
  with used as (
    select array_agg(distinct lower(trim(i.email))) as addresses from invitation i
     where i.organisation_id = register and i.breach_id is not null and i.used_at is not null)
  select used.addresses from used
   where exists (select from processing_agreement a cross join jsonb_array_elements(a.contacts) c
                  where a.processor_id = office and a.controller_id = register
                    and lower(trim(c->>'email')) = any (used.addresses))
$$;

-- The agreements of this office lead to another register, and the contacts in them and in its escalations wait for the
-- office's word; so does its history say.
create function lead_with_doubt(office uuid, register uuid, new_register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  addresses constant text[] := came_through(office, register);
begin
  insert into history_pending (organisation_id, entry)
  select office, row(office, 'agreement', a.id, 'agreement.contacts_led_elsewhere', null, null, null, null, null, null,
    jsonb_build_object('client_number', a.client_number), null, null, null)::history_entry
    from processing_agreement a
   where a.processor_id = office and a.controller_id = register and mark_contacts(a.contacts, addresses, now())
     <> a.contacts order by a.id;
  update processing_agreement a
     set contacts = mark_contacts(a.contacts, addresses, now()), controller_id = new_register
   where a.processor_id = office and a.controller_id = register;
  update escalation e set contacts = mark_contacts(e.contacts, addresses, now()), led_elsewhere_at = now()
   where e.processor_id = office and e.controller_id = register;
end $$;

-- An address that waits for the office's word waits in each agreement with that client, whoever registers it again.
create function keep_doubt() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update processing_agreement a set contacts = mark_contacts(a.contacts, d.addresses, d.since)
    from (select n.processor_id, n.id, array_agg(lower(trim(c->>'email'))) as addresses,
                 max((c->>'led_elsewhere_at')::timestamptz) as since
            from changed n
            join processing_agreement o on o.processor_id = n.processor_id and o.controller_id = n.controller_id
             and o.id <> n.id
           cross join jsonb_array_elements(o.contacts) c
           where c ? 'led_elsewhere_at' group by n.processor_id, n.id) d
   where a.processor_id = d.processor_id and a.id = d.id;
  return null;
end $$;
create trigger doubt_stays after insert on processing_agreement referencing new table as changed
  for each statement execute function keep_doubt();

-- Whether another register of this office and number was opened by somebody who proved nothing.
create function is_in_doubt(office uuid, register uuid) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (
    select from organisation me join organisation o on o.kvk_number = me.kvk_number and o.id <> me.id
     where me.id = register and o.claimed_at is not null and o.verified_at is null and o.joined_into is null
       and (o.made_by = office
            or exists (select from consent c where c.controller_id = o.id and c.processor_id = office)))
$$;

-- As in 0019; new: where such a register is, a receipt by a mailed link is a statement of whoever holds it, once in
-- both histories. It stops no reminder and sets no moment.
create or replace function acknowledge_receipt(breach_received uuid, by_name text, link_to text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  sent escalation;
begin
  select e.* into sent from escalation e where e.controller_id = me and e.breach_id = breach_received;
  if link_to is null or not is_in_doubt(sent.processor_id, me) then
    return note_receipt(me, breach_received, by_name, link_to);
  end if;
  if sent.acknowledged_at is null then
    perform record_across(sent.processor_id, 'escalation', sent.id, 'escalation.receipt_stated', null, by_name, null,
                          null, jsonb_build_object('by_link', true));
    perform record_across(me, 'breach', breach_received, 'breach.receipt_stated', null, by_name, null, null,
                          jsonb_build_object('by_link', true));
  end if;
  return null;
end $$;

-- As in 0032_accepted_again; new: a delivery by mail was to somebody else, and stands in the history as that.
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
   cross join lateral (select rests_on_office(b) and b.stated_aware_how <> 'mail' as rests) r
    left join lateral (select b.stated_aware_at as at, b.stated_aware_how as how, b.stated_by as by
                        where b.stated_aware_how not in ('receipt', 'mail')) s on true;
  insert into history_pending (organisation_id, entry)
  select new_register, row(new_register, 'breach', b.id, 'breach.received', null, null, 'processor', null, null,
    b.terms->>'name', jsonb_build_object('by', b.processor_name, 'people_min', b.people_min, 'people_max', b.people_max,
      'facts', b.facts, 'became_aware_at', b.became_aware_at), null, null, null)::history_entry
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

-- As in 0032_accepted_again; new: a delivery by mail does not come along.
create or replace function take_up_again(office uuid, old_register uuid, register uuid, breaches uuid[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update breach b set acknowledged_at = null, version = b.version + 1,
      (stated_aware_at, stated_aware_how, stated_by) = (
        select case when s.is_newer then o.stated_aware_at else b.stated_aware_at end,
               case when s.is_newer then o.stated_aware_how else b.stated_aware_how end,
               case when s.is_newer then o.stated_by else b.stated_by end
          from (select b.stated_aware_at is null and o.stated_aware_how not in ('receipt', 'mail') as is_newer) s)
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

-- As in 0026; new: a delivery by mail falls away as a receipt does, so that who was told by mail is told again: by the
-- next delivery, or by telephone or letter.
create or replace function wait_for_receipt_again(office uuid, asked uuid[], receipts jsonb, is_called boolean)
returns void language plpgsql set search_path = public, pg_temp as $$
begin
  update escalation e set decision = null, decided_at = null, acknowledged_link = null,
      acknowledged_at = (receipts -> e.breach_id::text ->> 'at')::timestamptz,
      acknowledged_by = receipts -> e.breach_id::text ->> 'by',
      call_needed_at = case when k.stays then e.call_needed_at else now() end,
      informed_at = case when k.stays then e.informed_at end,
      informed_how = case when k.stays then e.informed_how end
    from (select x.id, not is_called and coalesce(x.informed_how in ('phone', 'letter'), false) as stays
            from escalation x where x.processor_id = office and x.id = any (asked)) k
   where e.processor_id = office and e.id = k.id;
  with again as (
    update run r set state = 'running', finished_at = null
      from escalation e
     where r.organisation_id = office and r.workflow = 'escalation' and r.state in ('running', 'done')
       and r.subject_id = any (asked) and e.processor_id = office and e.id = r.subject_id
       and (e.acknowledged_at is null or e.informed_at is null)
    returning r.id, case when e.informed_at is null then 'deliver' else 'acknowledge' end as from_step),
  undone as (
    update step s set state = 'cancelled', lease_token = null, lease_until = null from again
     where s.organisation_id = office and s.run_id = again.id and s.state in ('done', 'ready', 'running', 'waiting')
       and s.name in (again.from_step, 'acknowledge')
    returning s.run_id, s.name, s.kind, s.round)
  insert into step (organisation_id, run_id, name, kind, state, round)
  select office, a.id, a.from_step, 'job', 'waiting', 1 + max(u.round)
    from again a join undone u on u.run_id = a.id and u.name = a.from_step group by a.id, a.from_step;
  perform wake_steps(office, e.id) from escalation e
    where e.processor_id = office and e.id = any (asked) and e.acknowledged_at is not null;
end $$;

-- As in 0026; new: the contacts through which somebody came wait for the office's word.
create or replace function lead_elsewhere(office uuid, old_register uuid, new_register uuid, receipts jsonb,
  is_called boolean) returns integer language plpgsql set search_path = public, pg_temp as $$
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
  perform lead_with_doubt(office, old_register, new_register);
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and id = any (told);
  perform wait_for_receipt_again(office, told, receipts, is_called);
  update consent set state = 'ended', ended_at = now()
   where controller_id = old_register and processor_id = office and state <> 'ended';
  return n;
end $$;

do $$
declare part text;
begin
  grant create on schema public to meldketen_door;
  alter function keep_doubt() owner to meldketen_door;
  revoke execute on function keep_doubt() from public;
  grant execute on function keep_doubt() to meldketen_app;
  foreach part in array array['mark_contacts(jsonb,text[],timestamptz)', 'came_through(uuid,uuid)',
      'lead_with_doubt(uuid,uuid,uuid)', 'is_in_doubt(uuid,uuid)'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
