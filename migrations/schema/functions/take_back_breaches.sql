-- Removes the breaches that this import brought from an old register, as long as nobody changed one, and returns their
-- ids with the hash of the file. No other breach is ever removed. A row of another table that refers to one of them
-- refuses all.
create or replace function take_back_breaches(file uuid) returns table (id uuid, file_hash text)
language sql volatile security definer set search_path = public, pg_temp as $$
  delete from breach b
   where b.organisation_id = acting_organisation() and b.taken_over_file = file and b.origin = 'taken_over'
     and b.version = 1
  returning b.id, b.taken_over ->> 'file'
$$;

alter function take_back_breaches(uuid) owner to meldketen_door;
revoke execute on function take_back_breaches(uuid) from public;
grant execute on function take_back_breaches(uuid) to meldketen_app;
