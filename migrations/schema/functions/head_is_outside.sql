-- Records what became of carrying a signed end outside.
-- number: the entry with which it ends. in_file: it is in the file of ends. answer: a time stamp's answer, or null.
-- whole: nothing more is to be carried.
create or replace function head_is_outside(number bigint, in_file boolean, answer bytea, whole boolean) returns void
language sql security definer set search_path = public, pg_temp as $$
  update signed_head set kept_at = case when in_file then coalesce(kept_at, now()) else kept_at end,
         stamp = coalesce(stamp, answer), stamped_at = case when answer is null then stamped_at
           else coalesce(stamped_at, now()) end,
         outside_at = case when whole then null else outside_at end
   where organisation_id = acting_organisation() and seq = number
$$;

alter function head_is_outside(bigint, boolean, bytea, boolean) owner to meldketen_door;
revoke execute on function head_is_outside(bigint, boolean, bytea, boolean) from public;
grant execute on function head_is_outside(bigint, boolean, bytea, boolean) to meldketen_app;
