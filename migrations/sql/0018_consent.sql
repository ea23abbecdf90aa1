-- A controller that uses its register accepts, refuses or ends a processor. What waited in the office's own register
-- for it moves along.

-- One register's breaches of one office become another's: copied with all that runs about them, so that clocks go on,
-- and closed where they were. The old rows and the old chain stay; the new register's chain begins with where each
-- breach came from.
create function move_register(office uuid, old_register uuid, new_register uuid) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare
  moved uuid[];
  last_number integer;
begin
  -- Whoever writes about these breaches at this moment ends first; what it wrote is copied, and nobody writes beside
  -- it.
  perform from organisation where id = old_register for update;
  perform from run where organisation_id = old_register order by id for update;
  perform from escalation where processor_id = office and controller_id = old_register order by id for update;
  perform from breach where organisation_id = old_register order by id for update;
  moved := array(select b.id from breach b where b.organisation_id = old_register and b.processor_id = office
    and b.origin = 'escalated'
                  order by b.created_at, b.id);
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
  perform close_dossiers(old_register, moved);
  update processing_agreement set controller_id = new_register where processor_id = office
    and controller_id = old_register;
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and controller_id = old_register;
  update invitation set organisation_id = new_register
   where organisation_id = old_register and breach_id = any (moved) and used_at is null;
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
  return cardinality(moved);
end $$;

-- What people of a register were asked (workflows/asked.py) is their own, and stays.
create function move_dossiers(old_register uuid, new_register uuid, breaches uuid[]) returns void language sql as $$
  insert into run select (jsonb_populate_record(r, jsonb_build_object('organisation_id', new_register))).*
    from run r where r.organisation_id = old_register and r.subject_id = any (breaches) and r.workflow <> 'asked';
  -- A step that a machine is at is done anew in its new place: whoever is at it finds that it was cancelled.
  insert into step
    select (jsonb_populate_record(s, jsonb_build_object('organisation_id', new_register, 'lease_token', null,
           'lease_until', null, 'state', case when s.state = 'running' then 'ready' else s.state end))).*
    from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
   where r.organisation_id = old_register and r.subject_id = any (breaches) and r.workflow <> 'asked';
  insert into clock select (jsonb_populate_record(c, jsonb_build_object('organisation_id', new_register))).*
    from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
   where r.organisation_id = old_register and r.subject_id = any (breaches) and r.workflow <> 'asked';
$$;

-- The unclaimed register of this office for this number: the one that there is, or a fresh one.
create function register_of(office uuid, number text, called text) returns uuid language plpgsql
  set search_path = public, pg_temp as $$
declare
  found_register uuid;
begin
  perform make_registers(office,
    jsonb_build_array(jsonb_build_object('slug', 'register', 'name', called, 'kvk_number', number)))
    where not exists (select from organisation o where o.made_by = office and o.kvk_number = number
      and o.claimed_at is null
                         and o.joined_into is null);
  select o.id into found_register from organisation o
   where o.made_by = office and o.kvk_number = number and o.claimed_at is null and o.joined_into is null;
  return found_register;
end $$;

-- Who processes for the acting organisation, or asks to: an admitted office that registered the number that this one
-- proved to have. messages: what waits at an office that asks: [{"title", "found_at", "description", "people_min",
-- "people_max"}].
create function processors_of_mine() returns table (
  processor_id uuid, name text, state text, how text, at timestamptz, register uuid, messages jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  with me as (select * from organisation where id = acting_organisation()),
  asking as (
    select o.made_by as office, o.id as register, o.created_at
      from me join organisation o on o.kvk_number = me.kvk_number and o.claimed_at is null and o.joined_into is null
     where me.claimed_at is not null and me.verified_at is not null and me.joined_into is null and o.made_by <> me.id
       and is_admitted(o.made_by))
  select coalesce(c.processor_id, a.office), p.name, coalesce(c.state, 'asked'), coalesce(c.how, 'asked'),
         coalesce(c.ended_at, c.answered_at, a.created_at), a.register,
         (select coalesce(jsonb_agg(jsonb_build_object('breach_id', b.id, 'title', b.title, 'found_at', b.found_at,
                   'description', b.description, 'people_min', b.people_min, 'people_max', b.people_max,
                   'acknowledged_at', b.acknowledged_at) order by b.created_at desc), '[]')
            from (select * from breach b where b.organisation_id = a.register order by b.created_at desc limit 50) b)
    from (select * from consent where controller_id = acting_organisation()) c
    full join asking a on a.office = c.processor_id
    join organisation p on p.id = coalesce(c.processor_id, a.office)
   order by p.name, p.id
$$;

-- The acting organisation answers: 'accepted', 'refused' or 'ended'. Its own entry is the caller's. How many breaches
-- came along; null: this processor does not ask, or there is nothing to end.
create function answer_processor(processor uuid, answer text, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  p record;
  moved integer := 0;
begin
  perform from organisation where id in (me, processor) order by id for update;
  select * into p from processors_of_mine() where processor_id = processor;
  if not found or (answer = 'ended') <> (p.state = 'accepted') or (answer = 'refused' and p.state <> 'asked')
     or (answer = 'accepted' and p.register is null) or answer not in ('accepted', 'refused', 'ended') then
    return null;
  end if;
  insert into consent as c (controller_id, processor_id, state, how, answered_at, answered_by, ended_at)
  values (me, processor, answer, 'asked', now(), by_user, case when answer = 'ended' then now() end)
  on conflict (controller_id, processor_id) do update
     set state = answer, answered_at = now(), answered_by = by_user, ended_at = excluded.ended_at;
  if answer = 'accepted' then
    moved := move_register(processor, p.register, me);
    update organisation set joined_into = me where id = p.register;
  elsif answer = 'ended' then
    perform leave_register(processor, me);
  end if;
  if answer <> 'refused' then  -- of a refusal the office learns nothing
    perform record_across(processor, 'organisation', processor, 'consent.' || answer, null, null, 'controller', null,
      jsonb_build_object('by', (select name from organisation where id = me), 'breaches', moved));
  end if;
  return moved;
end $$;

-- The office's agreements lead to a register of its own again; what it told before stays where it was told.
create function leave_register(office uuid, controller uuid) returns void language plpgsql set search_path = public,
  pg_temp as $$
declare
  fresh uuid;
begin
  select register_of(office, o.kvk_number, (select a.controller_name from processing_agreement a
           where a.processor_id = office and a.controller_id = controller order by a.id desc limit 1))
    into fresh from organisation o
   where o.id = controller and exists (select from processing_agreement a where a.processor_id = office
     and a.controller_id = controller);
  if fresh is not null then
    update agreed_service set controller_id = fresh where processor_id = office and controller_id = controller;
    update processing_agreement set controller_id = fresh where processor_id = office and controller_id = controller;
  end if;
end $$;

do $$
declare door text;
begin
  grant select, update (organisation_id) on invitation to meldketen_door;
  grant create on schema public to meldketen_door;
  foreach door in array array['processors_of_mine()', 'answer_processor(uuid,text,uuid)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  foreach door in array array['move_register(uuid,uuid,uuid)', 'move_dossiers(uuid,uuid,uuid[])',
    'register_of(uuid,text,text)',
      'leave_register(uuid,uuid)'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_door', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
alter table api_token add constraint no_consent_by_a_program check (not scopes && array['see_to_processors']);

-- The operator's act, as the owner of the database: a register that was opened by a stranger is closed again. The owner
-- ends the seats there. Null: there is none that was opened by a link, or another processor has been accepted in it
-- since (its breaches would come to light).
create function release_claim(at_slug text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r organisation;
  newer uuid;
begin
  select o.* into r from organisation o
   where o.slug = at_slug and o.claimed_at is not null and o.made_by is not null and o.joined_into is null
     and not exists (select from consent c
                      where c.controller_id = o.id and c.processor_id <> o.made_by and c.state = 'accepted')
     and not exists (select from breach b where b.organisation_id = o.id and b.processor_id <> o.made_by)
     for update;
  if not found then return null; end if;
  -- Where the stranger ended the office, the agreements lead to a newer register: that one goes on in this one.
  update organisation o set joined_into = r.id
   where o.made_by = r.made_by and o.kvk_number = r.kvk_number and o.claimed_at is null and o.joined_into is null
  returning o.id into newer;
  update organisation set claimed_at = null, verified_at = null, verified_how = null, verified_note = null
   where id = r.id;
  perform undo_of_strangers(r.made_by, r.id);  -- before the breaches of the newer register come: those are not theirs
  if newer is not null then
    perform move_register(r.made_by, newer, r.id);
    perform chain_history('[]');
  end if;
  update consent set state = 'ended', ended_at = now()
   where controller_id = r.id and processor_id = r.made_by and state <> 'ended';
  perform chain_entries(array[
    row(r.id, 'organisation', r.id, 'register.claim_released', null, null, 'operator', null, null, null,
        jsonb_build_object('note', why), null, null, null)::history_entry,
    row(r.made_by, 'organisation', r.made_by, 'register.claim_released', null, null, 'operator', null, null, null,
        jsonb_build_object('note', why, 'clients',
          (select jsonb_agg(distinct a.client_number) from processing_agreement a
                                                     where a.processor_id = r.made_by and a.controller_id = r.id)),
        null, null, null)::history_entry]);
  return r.id;
end $$;
do $$
begin
  grant create on schema public to meldketen_door;
  alter function release_claim(text, text) owner to meldketen_door;
  revoke execute on function release_claim(text, text) from public;
  execute format('grant execute on function release_claim(text, text) to %I', current_user);
  revoke create on schema public from meldketen_door;
end $$;
