-- Keeps the hash of a new link that sets up this installation; the one before it ends. Returns until when it works, and
-- null when an organisation exists: then nothing is left to set up. Only the owner of the database may call it.
create or replace function make_set_up_link(hash bytea, lasts interval) returns timestamptz
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  works_until timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('found', 0));
  delete from set_up_link;
  if exists (select from organisation) then return null; end if;
  insert into set_up_link (token_hash, expires_at) values (hash, now() + lasts) returning expires_at into works_until;
  return works_until;
end $$;

alter function make_set_up_link(bytea, interval) owner to meldketen_door;
revoke execute on function make_set_up_link(bytea, interval) from public;
grant execute on function make_set_up_link(bytea, interval) to meldketen_owner;
