-- The operator's act, as the owner of the database: a register that was opened by a stranger is closed again. The
-- owner ends the seats there. Null: there is none that was opened by a link. A register in which several offices were
-- accepted is closed too, and so is one that a breach was left behind in: its office has another register. The contacts
-- that the stranger came through wait for the office's word, in the newer register too.
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
     for no key update;
  if not found then return null; end if;
  offices := array(select c.processor_id from consent c
                    where c.controller_id = r.id and (c.state = 'accepted' or c.processor_id = r.made_by)
                   union select b.processor_id from breach b
                    where b.organisation_id = r.id and b.processor_id is not null
                   union select r.made_by);
  perform lock_between(offices, array(select o.id from organisation o
    where o.id = r.id or o.made_by = any (offices) and o.kvk_number = r.kvk_number and o.claimed_at is null
      and o.joined_into is null));
  perform drop_reminders(r.id);
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

alter function release_claim(text, text) owner to meldketen_door;
revoke execute on function release_claim(text, text) from public;
grant execute on function release_claim(text, text) to meldketen_owner;
