-- Returns which signed ends must be carried outside now: all of this many organisations, so that no organisation with
-- many ends delays another's; of each organisation its newest ends, `ends` of them, because an older end follows from
-- a newer one. The others are due again at once. The caller has a minute; then the same ends come again, later and
-- later. Which organisations are taken is random, so that one with many ends is not always among them.
create or replace function take_heads_to_carry(most integer, ends integer)
returns table (organisation_id uuid, seq bigint) language sql security definer set search_path = public, pg_temp as $$
  update signed_head s set attempts = s.attempts + 1,
         outside_at = now() + interval '1 minute' * power(2, least(s.attempts, 6))
    from (select w.organisation_id from signed_head w where w.outside_at <= now()
           group by 1 order by random() limit most) o
   cross join lateral (
         select x.seq from signed_head x where x.organisation_id = o.organisation_id and x.outside_at <= now()
          order by x.seq desc limit ends for update skip locked) due
   where s.organisation_id = o.organisation_id and s.seq = due.seq
  returning s.organisation_id, s.seq
$$;

alter function take_heads_to_carry(integer, integer) owner to meldketen_door;
revoke execute on function take_heads_to_carry(integer, integer) from public;
grant execute on function take_heads_to_carry(integer, integer) to meldketen_app;
