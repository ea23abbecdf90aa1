-- Leads all that an office wrote in a register that somebody opened, and in those that were joined into it, to
-- another one. Returns how many breaches.
create or replace function lead_all_elsewhere(office uuid, old_register uuid, new_register uuid, receipts jsonb)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  whole constant uuid[] := array(select joined_with(old_register));
  closed uuid;
  n integer := 0;
begin
  perform lock_between(array[office], whole);
  foreach closed in array whole loop
    n := n + lead_elsewhere(office, closed, new_register, receipts);
  end loop;
  return n;
end $$;

revoke execute on function lead_all_elsewhere(uuid, uuid, uuid, jsonb) from public;
grant execute on function lead_all_elsewhere(uuid, uuid, uuid, jsonb) to meldketen_door;
