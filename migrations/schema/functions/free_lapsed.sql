-- Frees lapsed leases of one organisation: steps are ready again; a batch of mail becomes unknown, because nobody
-- knows whether the call arrived.
create or replace function free_lapsed(office uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  with lapsed as materialized (
    select id from step where organisation_id = office and state = 'running' and lease_until < now()
     order by id limit 1000 for update skip locked)
  update step s set state = case when s.attempt >= 8 then 'failed' else 'ready' end, lease_token = null,
                    lease_until = null, ready_at = now(), error = 'lease lapsed'
   where s.organisation_id = office and s.id = any (array(select id from lapsed));
  -- It is never planned again by a machine.
  with lapsed as materialized (
    select id from mail_batch where organisation_id = office and state = 'sending' and lease_until < now()
     order by id limit 1000 for update skip locked),
  unknown as (
    update mail_batch b set state = 'unknown', token = null, lease_until = null, error = 'lease lapsed',
                            answered_at = now()
     where b.organisation_id = office and b.id = any (array(select id from lapsed))
    returning b.id)
  update recipient r set state = 'unknown', state_at = now() from unknown u
   where r.organisation_id = office and r.batch_id = u.id and r.state = 'planned';
end $$;

revoke execute on function free_lapsed(uuid) from public;
grant execute on function free_lapsed(uuid) to meldketen_door;
