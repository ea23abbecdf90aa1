-- Keeps the same personal values of entries, sealed under another key. The chain has their salted hash, so another
-- text would be noticed.
create or replace function reseal_personal(entries bigint[], fresh bytea[]) returns integer
language sql volatile security definer set search_path = public, pg_temp as $$
  with sealed as (
    update history_personal p set sealed = g.fresh from unnest(entries, fresh) as g(seq, fresh)
     where p.organisation_id = acting_organisation() and p.seq = g.seq and p.sealed is not null returning 1)
  select count(*)::integer from sealed
$$;

alter function reseal_personal(bigint[], bytea[]) owner to meldketen_door;
revoke execute on function reseal_personal(bigint[], bytea[]) from public;
grant execute on function reseal_personal(bigint[], bytea[]) to meldketen_app;
