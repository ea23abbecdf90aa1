-- Every function that locks organisations locks all of them in one statement, in the order of their ids, and so that a
-- new row about one of them waits for nobody (no key update). A register of which breaches lead elsewhere is locked for
-- update after that: whoever writes in it ends first. An office that writes to its clients shares its own row first. So
-- no two of them wait for each other.

-- As in 0018; new: the lock of its own row.
create or replace function open_escalations(incident_opened uuid, terms jsonb, plan jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  office constant text := (select name from organisation where id = me);
  i incident;
  hits controller_hit[];
begin
  -- A controller that accepts or ends this office at this moment ends first: its agreements lead elsewhere then.
  perform from organisation where id = me for share;
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

-- As in 0018; new: it waits for whoever moves its agreements.
create or replace function register_clients(clients jsonb) returns table (agreement_id uuid, of_client text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
begin
  if me is null or not is_admitted(me) then raise insufficient_privilege
    using message = 'this organisation is not admitted as an office'; end if;
  -- Whoever moves this office's agreements at this moment ends first: the new ones lead where those lead then.
  perform from organisation where id = me for share;
  perform make_registers(me, clients);
  perform word_to_asked(array_agg(r.id), array_agg(r.id))
     from registers_of(me, array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r;
  insert into processing_agreement (processor_id, controller_id, client_number, controller_name, hours_to_notify,
    contacts,
                                    in_force_from, in_force_to)
  select me, r.id, c.client_number, c.name, c.hours_to_notify, coalesce(c.contacts, '[]'), c.in_force_from,
    c.in_force_to
    from jsonb_to_recordset(clients) as c(name text, kvk_number text, client_number text, hours_to_notify integer,
      contacts jsonb,
                                          in_force_from date, in_force_to date)
    join registers_of(me,
      array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r on r.kvk_number = c.kvk_number;
  if (select count(distinct a.client_number) from processing_agreement a where a.processor_id = me)
     > (select most_clients from admission where organisation_id = me) then
    raise check_violation using message = 'more clients than the operator allows', constraint = 'most_clients';
  end if;
  insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
  select me, a.id, a.controller_id, s.key, s.value
    from jsonb_to_recordset(clients) as c(client_number text, in_force_from date, services jsonb)
    join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
      and a.in_force_from = c.in_force_from
   cross join lateral jsonb_each_text(c.services) as s;
  return query
    with registered as (
      select a.id, a.controller_id, a.client_number, a.in_force_from
        from jsonb_to_recordset(clients) as c(client_number text, in_force_from date)
        join processing_agreement a on a.processor_id = me and a.client_number = c.client_number
          and a.in_force_from = c.in_force_from),
    told as (
      insert into history_pending (organisation_id, entry)
      select r.controller_id, row(r.controller_id, 'agreement', r.id, 'agreement.registered', null, null, 'processor',
        null, null, null,
                                  jsonb_build_object('by', o.name, 'client_number', r.client_number, 'in_force_from',
                                    r.in_force_from),
                                  null, null, null)::history_entry
        from registered r cross join organisation o where o.id = me)
    select id, client_number from registered;
end $$;

-- As in 0033; new: one order of locks.
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

-- As in 0037; new: one order of locks.
create or replace function join_register(joined uuid, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  my_name constant text := (select name from organisation where id = me);
  moved integer;
begin
  -- The offices too: one that opens escalations at this moment ends first, or its breach would come into the register
  -- that nobody goes on in.
  perform from organisation where id in (select processor_id from processing_agreement where controller_id = joined
    union select unnest(array[me, joined])) order by id for no key update;
  perform from organisation where id = joined for update;  -- whoever writes in it at this moment ends first
  if not exists (select from registers_to_join(by_user) r
                  where r.register = joined and r.open_dossiers = 0 and not r.is_office) then
    return null;
  end if;
  insert into consent as c (controller_id, processor_id, state, how, asked_at, answered_at, answered_by)
  select me, there.processor_id, 'accepted', there.how, there.asked_at, now(), by_user
    from consent there where there.controller_id = joined and there.state = 'accepted'
  on conflict (controller_id, processor_id) do update
     set state = 'accepted', answered_at = now(), answered_by = by_user, ended_at = null;
  perform record_across(a.processor_id, 'organisation', a.processor_id, 'client.register_joined', null, null,
                        'controller', null, jsonb_build_object('by', my_name, 'clients', a.clients))
     from (select processor_id, jsonb_agg(distinct client_number) as clients
             from processing_agreement where controller_id = joined group by processor_id) a;
  update agreed_service set controller_id = me where controller_id = joined;
  update processing_agreement set controller_id = me where controller_id = joined;
  get diagnostics moved = row_count;
  update consent set state = 'ended', ended_at = now() where controller_id = joined and state = 'accepted';
  update invitation set expires_at = now() where organisation_id = joined and used_at is null and expires_at > now();
  update organisation set joined_into = me where id = joined;
  perform record_across(joined, 'organisation', joined, 'register.joined_into', by_user,
                        (select name from app_user where id = by_user), 'owner', null,
                        jsonb_build_object('into', my_name, 'register', me, 'agreements', moved));
  return moved;
end $$;

-- The register, the offices that write in it (one that opens escalations at this moment ends first, or its breach would
-- come into the register that nobody goes on in), and the newer register of its office, which goes on in this one.
create function lock_for_release(at_slug text) returns void language sql set search_path = public, pg_temp as $$
  select from organisation where id in (
    select unnest(array[o.id, o.made_by]) from organisation o where o.slug = at_slug
    union select a.processor_id from processing_agreement a join organisation o on o.id = a.controller_id
           where o.slug = at_slug
    union select b.processor_id from breach b join organisation o on o.id = b.organisation_id where o.slug = at_slug
    union select n.id from organisation o join organisation n on n.made_by = o.made_by and n.kvk_number = o.kvk_number
           where o.slug = at_slug and n.claimed_at is null and n.joined_into is null)
   order by id for no key update
$$;
-- As in 0040; new: one order of locks.
create or replace function release_claim(at_slug text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r organisation;
  newer uuid;
  offices uuid[];
begin
  perform lock_for_release(at_slug);
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
    end if;
    perform lead_with_doubt(r.made_by, r.id, r.id);
    perform chain_history('[]');
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

-- As in 0034; new: an office that hears of it waits for nobody.
create or replace function rename_by_operator(act_id uuid, new_name text) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'rename');
  until_now text;
  offices uuid[] := array(select distinct a.processor_id from processing_agreement a
                           where a.controller_id = allowed.organisation_id order by 1);
begin
  select o.name into until_now from organisation o where o.id = allowed.organisation_id for no key update;
  update organisation set name = new_name where id = allowed.organisation_id;
  if new_name = until_now then return; end if;
  perform record_across(office, 'organisation', allowed.organisation_id, 'client.renamed', null, null, 'operator', null,
                        jsonb_build_object('before', until_now, 'after', new_name)) from unnest(offices) office;
  perform leave_news(offices, 'client_renamed', allowed.organisation_id, new_name, null);
  update news n set before = until_now
   where n.organisation_id = any (offices) and n.about_id = allowed.organisation_id and n.what = 'client_renamed'
     and n.created_at = now();
end $$;

revoke execute on function lock_for_release(text) from public;
grant execute on function lock_for_release(text) to meldketen_door;
