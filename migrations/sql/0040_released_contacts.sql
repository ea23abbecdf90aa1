-- The operator closes a register that a stranger opened: the contacts that the stranger came through wait for the
-- office's word there too, and a message that goes to a contact afterwards is seen to arrive.

-- As in 0026; new: delivery is waited for again, as where a register leads elsewhere.
create or replace function undo_of_strangers(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  undone history_entry[];
begin
  select array_agg(entry.e order by e.id) into undone from escalation e
    join breach b on b.organisation_id = register and b.id = e.breach_id cross join lateral (values
    (row(office, 'escalation', e.id, 'escalation.released', null, null, 'operator', null, null, null,
      jsonb_build_object('acknowledged_at', e.acknowledged_at, 'decision', e.decision, 'decided_at', e.decided_at),
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
   where e.processor_id = office and e.controller_id = register;
  perform end_notices(register);
  perform open_breaches_anew(office, register);
  perform wait_for_receipt_again(office, array(select e.id from escalation e
    where e.processor_id = office and e.controller_id = register order by e.id for update), '{}', true);
  if undone is not null then perform chain_entries(undone); end if;
end $$;

-- As in 0038; new: the contacts wait for the office's word.
create or replace function release_claim(at_slug text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r organisation;
  newer uuid;
  offices uuid[];
begin
  -- First the offices: one that opens escalations at this moment ends first, or its breach would come into the register
  -- that nobody goes on in.
  perform from organisation where id in (select a.processor_id from processing_agreement a
    join organisation o on o.id = a.controller_id where o.slug = at_slug) order by id for update;
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
