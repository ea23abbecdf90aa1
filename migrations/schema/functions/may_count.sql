-- Returns whether this transaction may count for a key. The first count of a transaction waits for its turn; a later
-- one does not wait, or two transactions could wait for each other. What it may not count is left uncounted.
create or replace function may_count(what integer, which integer, waits boolean) returns boolean
language plpgsql volatile as $$
begin
  if waits then
    perform pg_advisory_xact_lock(what, which);
    return true;
  end if;
  return pg_try_advisory_xact_lock(what, which);
end $$;

revoke execute on function may_count(integer, integer, boolean) from public;
grant execute on function may_count(integer, integer, boolean) to meldketen_door;
