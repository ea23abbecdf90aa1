-- Returns whether somebody in the register of this breach did something about it, so that they knew of it: its history
-- has an entry of a person, other than of strangers whose acts were undone. What was done in another register, before
-- the breach came from there, is seen by what it left: a receipt, a moment, a term, a decision, or a step that is done.
create or replace function somebody_acted(b breach) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select b.acknowledged_at is not null or b.own_aware_stated_at is not null or b.moved_term is not null
    or b.risk is not null or b.decision is not null or b.submitted_at is not null
    or b.became_aware_at is not null and b.aware_how not in ('phone', 'letter')
    or exists (select from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
                where r.organisation_id = b.organisation_id and r.subject_id = b.id and s.kind = 'human'
                  and s.state = 'done')
    or exists (select from history h where h.organisation_id = b.organisation_id and h.subject_id = b.id
                  and h.actor_id is not null
                  and not exists (select from history u where u.organisation_id = h.organisation_id
                                     and u.subject_id = h.subject_id and u.seq > h.seq and u.what = 'breach.released'))
$$;

revoke execute on function somebody_acted(breach) from public;
grant execute on function somebody_acted(breach) to meldketen_door;
