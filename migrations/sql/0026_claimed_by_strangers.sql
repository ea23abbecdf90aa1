-- Whoever opened a register by an office's link and never proved the number hides that office from nobody who did.
-- The proven number wins: only what the office stated comes across, and the one who opened it keeps what it did.

-- Receipts that a verified organisation confirmed before it accepted: {breach: {"at", "by"}}. The one who opened the
-- register reads the escalation, so they do not stand there.
alter table consent add column receipts jsonb not null default '{}';

-- Where each admitted office's agreements about the number of this verified organisation lead: a register that nobody
-- opened, or one that somebody opened who is not verified.
create function waiting_registers(me organisation) returns table (
  office uuid, register uuid, created_at timestamptz, is_claimed boolean)
language sql stable set search_path = public, pg_temp as $$
  select distinct on (w.office) w.office, w.id, w.created_at, w.claimed_at is not null
    from (select o.made_by as office, o.id, o.created_at, o.claimed_at
            from organisation o
           where o.kvk_number = me.kvk_number and o.claimed_at is null and o.joined_into is null
          union all
          select c.processor_id, o.id, o.created_at, o.claimed_at
            from organisation o join consent c on c.controller_id = o.id and c.state = 'accepted'
           where o.kvk_number = me.kvk_number and o.claimed_at is not null and o.verified_at is null
             and o.joined_into is null) w
   where me.claimed_at is not null and me.verified_at is not null and me.joined_into is null
     and w.office <> me.id and w.id <> me.id and is_admitted(w.office)
   order by w.office, w.claimed_at is null, w.id
$$;

-- As in 0018; new: a register that somebody opened who is not verified.
create or replace function word_to_asked(about uuid[], registers uuid[]) returns void
language sql set search_path = public, pg_temp as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    select v.id, 'asked', 1, a.about
      from unnest(about, registers) as a(about, register)
      join organisation r on r.id = a.register and r.verified_at is null and r.joined_into is null
      join organisation v on v.kvk_number = r.kvk_number and v.claimed_at is not null and v.verified_at is not null
                         and v.joined_into is null and v.id <> r.id
     where exists (
       select from waiting_registers(v) w
        where w.register = r.id
          and w.office = coalesce((select b.processor_id from breach b
                                    where b.organisation_id = r.id and b.id = a.about), w.office)
          and not exists (select from consent c where c.controller_id = v.id and c.processor_id = w.office
                                                  and c.state = 'refused'))
     order by v.id, a.about
    on conflict (organisation_id, subject_id, workflow) do nothing
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told
$$;

-- As in 0022; new: whoever proves its number hears of registers that others opened, too.
create or replace function mark_verified(how text, note text) returns void
language plpgsql volatile set search_path = public, pg_temp as $$
begin
  update organisation set verified_at = now(), verified_how = how, verified_note = note
   where id = acting_organisation();
  perform tell_offices_of_verification('client.verified', how);
  perform word_to_asked(array_agg(w.register), array_agg(w.register))
     from organisation me cross join lateral waiting_registers(me) w
    where me.id = acting_organisation();
end $$;

-- As in 0018; new: of a register that somebody opened, what the office wrote.
create or replace function asked_of_me(ids uuid[]) returns table (id uuid, office text, title text)
language sql stable security definer set search_path = public, pg_temp as $$
  with me as (select o.* from organisation o where o.id = acting_organisation() and o.claimed_at is not null
                 and o.verified_at is not null),
  waiting as (
    select w.office, w.register from me cross join lateral waiting_registers(me.*::organisation) w
    union
    select r.made_by, r.id from me join organisation r on r.joined_into = me.id and r.claimed_at is null
     where r.kvk_number = me.kvk_number and r.made_by <> me.id)
  select w.register, p.name, null from waiting w join organisation p on p.id = w.office where w.register = any (ids)
  union all
  select b.id, p.name, i.title from waiting w join organisation p on p.id = w.office
    join breach b on b.organisation_id = w.register and b.processor_id = w.office and b.origin = 'escalated'
    join incident i on i.organisation_id = w.office and i.id = b.incident_id
   where b.id = any (ids)
$$;

-- Whether the moments of this breach follow from what the office stated. By 'receipt' it is said by who opened it.
create function rests_on_office(b breach) returns boolean language sql immutable as $$
  select b.stated_aware_at is not null and b.stated_aware_how <> 'receipt' and b.own_aware_stated_at is null
     and b.moved_term is null
$$;

-- What an office wrote at this register, as it stated it: nothing of what anybody did with it there. receipts: what the
-- verified organisation confirmed; null: the register is unclaimed, so a receipt is that of its escalation.
create function messages_of(at_office uuid, register uuid, receipts jsonb) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(to_jsonb(m) - 'created_at' order by m.created_at desc), '[]')
    from (select b.id as breach_id, i.title, i.found_at, i.description, e.people_min, e.people_max, e.created_at,
                 case when receipts is null then e.acknowledged_at
                      else (receipts -> b.id::text ->> 'at')::timestamptz end as acknowledged_at,
                 s.stated_aware_at, s.stated_aware_how,
                 case when receipts is null or rests_on_office(b) then b.due_at end as due_at
            from escalation e
            join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
            join breach b on b.organisation_id = e.controller_id and b.id = e.breach_id
            left join lateral (select b.stated_aware_at, b.stated_aware_how
                                where receipts is null or b.stated_aware_how <> 'receipt') s on true
           where e.processor_id = at_office and e.controller_id = register
           order by e.created_at desc limit 50) m
$$;

create or replace function processors_of_mine() returns table (
  processor_id uuid, name text, state text, how text, at timestamptz, register uuid, messages jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  with asking as (
    select w.* from organisation me cross join lateral waiting_registers(me) w where me.id = acting_organisation())
  select coalesce(c.processor_id, a.office), p.name, coalesce(c.state, 'asked'), coalesce(c.how, 'asked'),
         coalesce(c.ended_at, c.answered_at, a.created_at, c.asked_at), a.register,
         messages_of(a.office, a.register, case when a.is_claimed then coalesce(c.receipts, '{}') end)
    from (select * from consent where controller_id = acting_organisation()) c
    full join asking a on a.office = c.processor_id
    join organisation p on p.id = coalesce(c.processor_id, a.office)
   order by p.name, p.id
$$;

-- As in 0019; new: of a register that somebody opened, the receipt stands with the verified organisation's own consent
-- until it accepts, and in the office's history.
create or replace function confirm_waiting(breach_waiting uuid, by_name text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant organisation := (select o from organisation o where o.id = acting_organisation());
  sent record;
  moment timestamptz;
begin
  select b.organisation_id as register, w.office, w.is_claimed, b.escalation_id into sent
    from waiting_registers(me) w join breach b on b.organisation_id = w.register and b.id = breach_waiting
     and b.processor_id = w.office;
  if not found then return null; end if;
  if sent.is_claimed then
    insert into consent as c (controller_id, processor_id, state, how, receipts)
    values (me.id, sent.office, 'asked', 'asked',
            jsonb_build_object(breach_waiting, jsonb_build_object('at', now(), 'by', by_name)))
    on conflict (controller_id, processor_id) do update set receipts = c.receipts || excluded.receipts
     where not c.receipts ? breach_waiting::text
    returning now() into moment;
    if moment is not null then
      perform record_across(sent.office, 'escalation', sent.escalation_id, 'escalation.received_by_verified', null,
                            by_name, 'controller', null, jsonb_build_object('by', me.name));
    end if;
    return moment;
  end if;
  moment := note_receipt(sent.register, breach_waiting, by_name, null);
  if moment is not null then
    perform record_across(sent.register, 'breach', breach_waiting, 'breach.receipt_confirmed', null, by_name,
                          'controller', null, jsonb_build_object('by_link', false, 'by', me.name));
  end if;
  return moment;
end $$;

do $$
declare part text;
begin
  foreach part in array array['waiting_registers(organisation)', 'messages_of(uuid,uuid,jsonb)',
      'rests_on_office(breach)'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
