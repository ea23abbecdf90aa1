-- A register that the operator takes back from a stranger: what was mailed there stands as in 0043_doubted_contacts.

-- As in 0040; new: contacts and deliveries as where a verified organisation accepts. addresses: those that the stranger
-- came through; null: not known. leads_to: where the agreements lead from now on.
drop function undo_of_strangers(uuid, uuid);
create or replace function undo_of_strangers(office uuid, register uuid, leads_to uuid, addresses text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  sent uuid[];
begin
  perform lock_between(office, register);
  sent := array(select e.id from escalation e
                 where e.processor_id = office and e.controller_id = register order by e.id);
  insert into history_pending (organisation_id, entry)
  select (entry.e).organisation_id, entry.e from escalation e
    join breach b on b.organisation_id = register and b.id = e.breach_id cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
                         'informed_at', e.informed_at, 'informed_how', e.informed_how),
      null, null, null)::history_entry),
    (row(register, 'breach', e.breach_id, 'breach.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at,
        'became_aware_at', b.became_aware_at, 'aware_how', b.aware_how, 'due_at', b.due_at,
        'moved_term', b.moved_term, 'facts', b.facts, 'people_min', b.people_min, 'people_max', b.people_max,
        'done_alone_not_reviewed', (select count(*) from broken_glass g
          join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
          left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
         where g.organisation_id = register and g.reviewed_at is null
           and coalesce(n.breach_id, r.subject_id) = e.breach_id)),
      null, null, null)::history_entry)) as entry(e)
   where e.processor_id = office and e.id = any (sent) order by e.id;
  perform end_notices(register);
  perform open_breaches_anew(office, register);
  perform lead_with_doubt(office, register, leads_to, addresses);
  perform wait_for_receipt_again(office, sent, '{}');
end $$;
drop function ask_owner_again(uuid, uuid);

-- As in 0026; new: also what an office wrote in a newer register since it was ended here was to those contacts.
create or replace function part_offices(r organisation) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  left_behind record;
  its_own uuid;
begin
  perform end_notices(r.id);
  for left_behind in
    select office, coalesce((select max(a.controller_name) from processing_agreement a
                              where a.processor_id = office and a.controller_id = r.id), r.name) as called
      from (select c.processor_id as office from consent c where c.controller_id = r.id and c.state = 'accepted'
            union select e.processor_id from escalation e where e.controller_id = r.id) offices order by office
  loop
    update consent set state = 'ended', ended_at = now()  -- else its own register would be this one
     where controller_id = r.id and processor_id = left_behind.office and state <> 'ended';
    its_own := register_of(left_behind.office, r.kvk_number, left_behind.called);
    perform undo_of_strangers(left_behind.office, its_own, its_own, came_through(left_behind.office, r.id));
    perform lead_elsewhere(left_behind.office, r.id, its_own, '{}');
  end loop;
  perform close_dossiers(r.id, array(select subject_id from run where organisation_id = r.id and state = 'running'));
end $$;

-- As in 0042; new: the contacts that the stranger came through wait, in the newer register too.
create or replace function release_claim(at_slug text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r organisation;
  newer uuid;
  offices uuid[];
begin
  perform lock_for_release(at_slug);
  select o.* into r from organisation o
   where o.slug = at_slug and o.claimed_at is not null and o.made_by is not null and o.joined_into is null for update;
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
    perform undo_of_strangers(r.made_by, r.id, r.id, came_through(r.made_by, r.id));
    if newer is not null then
      perform undo_of_strangers(r.made_by, newer, r.id, came_through(r.made_by, r.id));
      perform move_register(r.made_by, newer, r.id);
    end if;
  end if;
  perform chain_history('[]');
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

do $$
declare part text;
begin
  foreach part in array array['lock_between(uuid,uuid)', 'forget_deliveries(uuid,uuid[])',
      'lead_with_doubt(uuid,uuid,uuid,text[])', 'wait_for_receipt_again(uuid,uuid[],jsonb)',
      'lead_elsewhere(uuid,uuid,uuid,jsonb)', 'undo_of_strangers(uuid,uuid,uuid,text[])'] loop
    execute format('revoke execute on function %s from public', part);
    execute format('grant execute on function %s to meldketen_door', part);
  end loop;
end $$;
