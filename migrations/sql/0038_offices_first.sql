-- As before; new: it waits for the offices that write in the register that is released.
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
