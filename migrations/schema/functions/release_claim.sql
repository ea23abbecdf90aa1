-- Closes a register again that a stranger opened, with those that were joined into it; the operator's act, as the
-- owner of the database. The owner ends the seats there. Null: the register was neither opened by a link, nor is it
-- an unproven one into which such a register was joined; or it was itself joined into another (goes_on_at). A
-- register in which several offices were accepted is closed too, and so is one in which a breach was left behind, or
-- whose office is accepted elsewhere: its office has another register. The contacts through which the stranger came
-- wait for the office's check, in the newer register too.
create or replace function release_claim(at_slug text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r organisation;
  whole uuid[];
  offices uuid[];
begin
  perform lock_for_release(at_slug);
  select o.* into r from organisation o
   where o.slug = at_slug and o.claimed_at is not null and o.joined_into is null
     and (o.made_by is not null or o.verified_at is null and exists (
            select from joined_with(o.id) w join organisation j on j.id = w where j.made_by is not null))
     for no key update;
  if not found then return null; end if;
  whole := array(select joined_with(r.id));
  offices := array(select c.processor_id from consent c
                    where c.controller_id = r.id and (c.state = 'accepted' or c.processor_id = r.made_by)
                   union select b.processor_id from breach b
                    where b.organisation_id = any (whole) and b.processor_id is not null
                   union select r.made_by where r.made_by is not null order by 1);
  perform lock_between(offices, whole || array(select o.id from organisation o
    where o.made_by = any (offices) and o.kvk_number = r.kvk_number and o.claimed_at is null and o.joined_into is null
    union select a.id from unnest(offices) office cross join lateral registers_of(office, array[r.kvk_number]) a));
  perform drop_reminders(w) from unnest(whole) w;
  if r.made_by is null or cardinality(offices) > 1
     or exists (select from breach b where b.organisation_id = r.id and b.origin = 'escalated' and not leads_here(b))
     or exists (select from registers_of(r.made_by, array[r.kvk_number]) a join organisation o on o.id = a.id
                 where o.id <> r.id and o.claimed_at is not null) then
    update organisation set verified_at = null, verified_how = null, verified_note = null where id = r.id;
    perform describe_as_registered(r.id);  -- once nothing is proven: a proven name stays
    perform part_offices((select o from organisation o where o.id = r.id), offices);
  else
    perform close_alone(r);
  end if;
  perform chain_history('[]');
  update consent set state = 'ended', ended_at = now() where controller_id = any (whole) and state <> 'ended';
  perform chain_entries(array(select row(o, 'organisation', o, 'register.claim_released', null, null, 'operator', null,
      null, null, jsonb_build_object('note', why), null, null, null)::history_entry from unnest(whole) o order by o)
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
