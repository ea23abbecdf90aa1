-- A register that the operator takes back from a stranger: the office's contacts that it came through wait for the
-- office's word, and a delivery by mail to them falls away, as when a verified organisation accepts (0032).

-- As in 0032; new: the office's agreements may lead to a newer register of that number, where the stranger ended it.
create or replace function came_through(office uuid, register uuid) returns text[] language sql stable
  set search_path = public, pg_temp as $$
  with used as (
    select array_agg(distinct lower(trim(i.email))) as addresses from invitation i
     where i.organisation_id = register and i.breach_id is not null and i.used_at is not null)
  select used.addresses from used
   where exists (select from processing_agreement a join organisation o on o.id = a.controller_id
                   cross join jsonb_array_elements(a.contacts) c
                  where a.processor_id = office
                    and (o.id = register
                         or o.kvk_number = (select r.kvk_number from organisation r where r.id = register))
                    and lower(trim(c->>'email')) = any (used.addresses))
$$;

-- As in 0032; new: the contacts of these addresses wait (null: all that have one), also where the agreements stay: the
-- new register is the same one then.
drop function lead_with_doubt(uuid, uuid, uuid);
create function lead_with_doubt(office uuid, register uuid, new_register uuid, addresses text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
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

-- As in 0032; new: a register that nobody is in any more was closed, and leaves no doubt.
create or replace function is_in_doubt(office uuid, register uuid) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (
    select from organisation me join organisation o on o.kvk_number = me.kvk_number and o.id <> me.id
     where me.id = register and o.claimed_at is not null and o.verified_at is null and o.joined_into is null
       and exists (select from membership m where m.organisation_id = o.id)
       and (o.made_by = office
            or exists (select from consent c where c.controller_id = o.id and c.processor_id = office)))
$$;

-- What was delivered by mail was to somebody else: it stands in the register's history, and no moment rests on it.
create function forget_deliveries(register uuid, breaches uuid[]) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  insert into history_pending (organisation_id, entry)
  select register, row(register, 'breach', b.id, 'breach.delivery_led_elsewhere', null, null, 'processor', null, null,
    null, jsonb_build_object('by', b.stated_by, 'informed_at', b.stated_aware_at, 'how', b.stated_aware_how),
    null, null, null)::history_entry
    from breach b where b.organisation_id = register and b.id = any (breaches) and b.stated_aware_how = 'mail'
   order by b.id;
  update breach set stated_aware_at = null, stated_aware_how = null, stated_by = null
   where organisation_id = register and id = any (breaches) and stated_aware_how = 'mail';
end $$;

-- As in 0032_accepted_again; new: a delivery by mail falls away first, so that nothing begins anew from it.
create or replace function open_breaches_anew(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  here constant uuid[] := array(select b.id from breach b
    where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and leads_here(b));
begin
  perform forget_deliveries(register, here);
  perform open_anew(office, register, here);
  perform close_dossiers(register, array(select b.id from breach b
    where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and not leads_here(b)));
end $$;

-- As in 0032; new: who was told by telephone or letter stays told, also where a register is released.
drop function wait_for_receipt_again(uuid, uuid[], jsonb, boolean);
create or replace function wait_for_receipt_again(office uuid, asked uuid[], receipts jsonb) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update escalation e set decision = null, decided_at = null, acknowledged_link = null,
      acknowledged_at = (receipts -> e.breach_id::text ->> 'at')::timestamptz,
      acknowledged_by = receipts -> e.breach_id::text ->> 'by',
      call_needed_at = case when k.stays then e.call_needed_at else now() end,
      informed_at = case when k.stays then e.informed_at end,
      informed_how = case when k.stays then e.informed_how end
    from (select x.id, coalesce(x.informed_how in ('phone', 'letter'), false) as stays
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

-- All that an office and a register write about the same breaches, in the order of everybody: runs, then escalations.
create function lock_between(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  perform from organisation where id = register for update;
  perform from run r where r.organisation_id = register or r.organisation_id = office and r.workflow = 'escalation'
      and r.subject_id in (select e.id from escalation e where e.processor_id = office and e.controller_id = register)
    order by r.id for update;
  perform from escalation where processor_id = office and controller_id = register order by id for update;
  perform from breach where organisation_id = register order by id for update;
end $$;

-- As in 0032; new: it waits for receipts again before it is stated anew, so that what the new register tells stays.
drop function lead_elsewhere(uuid, uuid, uuid, jsonb, boolean);
create or replace function lead_elsewhere(office uuid, old_register uuid, new_register uuid, receipts jsonb)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  told uuid[];
  n integer;
begin
  perform lock_between(office, old_register);
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
  perform wait_for_receipt_again(office, told, receipts);
  n := state_breaches(office, old_register, new_register);
  update invitation i set expires_at = now() from escalation e  -- a used link shows the breach until it lapses
   where e.processor_id = office and e.id = any (told) and i.organisation_id = old_register
     and i.breach_id = e.breach_id and i.expires_at > now();
  perform lead_with_doubt(office, old_register, new_register, came_through(office, old_register));
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and id = any (told);
  update consent set state = 'ended', ended_at = now()
   where controller_id = old_register and processor_id = office and state <> 'ended';
  return n;
end $$;

-- As in 0042, with lead_elsewhere as it is now.
create or replace function answer_processor(processor uuid, answer text, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  p record;
  is_claimed boolean;
  moved integer := 0;
begin
  -- The register too: nobody opens it, or proves its number, at this moment.
  perform from organisation where id in (me, processor, (select m.register from processors_of_mine() m
    where m.processor_id = processor)) order by id for no key update;
  select * into p from processors_of_mine() where processor_id = processor;
  perform from organisation where id = p.register for no key update;  -- another one, if it was released meanwhile
  if p.processor_id is null or not can_be_answered(p.state, answer, p.register is not null) then
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
        (select c.receipts from consent c where c.controller_id = me and c.processor_id = processor));
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
