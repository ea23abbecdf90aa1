-- Returns whose chain must be signed now, for the caller to sign. If it fails, such an organisation waits ten minutes
-- and delays no other.
create or replace function take_heads_to_sign(most integer) returns setof uuid
language sql security definer set search_path = public, pg_temp as $$
  update history_head set sign_at = now() + interval '10 minutes'
   where organisation_id in (select organisation_id from history_head where sign_at <= now() order by sign_at limit most
                                for update skip locked)
  returning organisation_id
$$;

alter function take_heads_to_sign(integer) owner to meldketen_door;
revoke execute on function take_heads_to_sign(integer) from public;
grant execute on function take_heads_to_sign(integer) to meldketen_app;
