-- The ends of chains are signed, and carried outside.

-- Whose chain must be signed now, for whoever asks: who is in turn waits ten minutes if it fails, and holds up nobody.
create function take_heads_to_sign(most integer) returns setof uuid
language sql security definer set search_path = public, pg_temp as $$
  update history_head set sign_at = now() + interval '10 minutes'
   where organisation_id in (select organisation_id from history_head where sign_at <= now() order by sign_at limit most
                                for update skip locked)
  returning organisation_id
$$;
-- Keep a signed end of one's own chain. False when it is no end of this chain, or was kept before.
create function keep_signed_head(statement text, signature bytea, outside boolean) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  number constant bigint := statement::jsonb->>'seq';
begin
  insert into signed_head (organisation_id, seq, head, statement, signature, key_id, outside_at)
  select me, h.seq, h.hash, keep_signed_head.statement, keep_signed_head.signature, k.id, case when outside
    then now() end
    from history h join signing_key k on k.organisation_id = me and k.ended_at is null
   where h.organisation_id = me and h.seq = number and encode(h.hash, 'hex') = statement::jsonb->>'head'
     and statement::jsonb->>'organisation' = me::text
  on conflict do nothing;
  if not found then return false; end if;
  update history_head k set sign_at = null where k.organisation_id = me and k.seq = number;
  return true;
end $$;
-- Which signed ends must be carried outside now: all of so many organisations, so that nobody's heap delays another's.
-- Whoever takes them has a minute; then they come again, later and later.
create function take_heads_to_carry(most integer) returns table (organisation_id uuid, seq bigint)
language sql security definer set search_path = public, pg_temp as $$
  update signed_head s set attempts = s.attempts + 1,
         outside_at = now() + interval '1 minute' * power(2, least(s.attempts, 6))
    from (select x.organisation_id, x.seq from signed_head x
           where x.outside_at <= now() and x.organisation_id in (
                 select w.organisation_id from signed_head w where w.outside_at <= now()
                  group by 1 order by min(w.outside_at) limit most)
             for update skip locked) due
   where s.organisation_id = due.organisation_id and s.seq = due.seq
  returning s.organisation_id, s.seq
$$;
create function head_is_outside(number bigint, in_file boolean, answer bytea, whole boolean) returns void
language sql security definer set search_path = public, pg_temp as $$
  update signed_head set kept_at = case when in_file then coalesce(kept_at, now()) else kept_at end,
         stamp = coalesce(stamp, answer), stamped_at = case when answer is null then stamped_at
           else coalesce(stamped_at, now()) end,
         outside_at = case when whole then null else outside_at end
   where organisation_id = acting_organisation() and seq = number
$$;
-- How many signed ends wait to be carried outside, and how many seconds the oldest has waited. No content comes out
-- of here.
create function heads_waiting() returns table (waiting bigint, oldest_s double precision)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*), coalesce(extract(epoch from now() - min(at)), 0)::double precision from signed_head
    where outside_at is not null
$$;

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  t text;
  door text;
begin
  foreach t in array array['history_seal', 'signed_head'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy owned on %I to meldketen_app using (organisation_id = %s)', t, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select on %I to meldketen_app', t);
    execute format('grant select, insert on %I to meldketen_door', t);
  end loop;
  grant create on schema public to meldketen_door;
  foreach door in array array['take_heads_to_sign(integer)', 'keep_signed_head(text,bytea,boolean)',
    'take_heads_to_carry(integer)',
      'head_is_outside(bigint,boolean,bytea,boolean)', 'heads_waiting()'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
grant update on signed_head to meldketen_door;
