-- Returns how many signed ends wait to be carried outside, and how many seconds the oldest has waited. It reveals no
-- content.
create or replace function heads_waiting() returns table (waiting bigint, oldest_s double precision)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*), coalesce(extract(epoch from now() - min(at)), 0)::double precision from signed_head
    where outside_at is not null
$$;

alter function heads_waiting() owner to meldketen_door;
revoke execute on function heads_waiting() from public;
grant execute on function heads_waiting() to meldketen_app;
