-- Returns the unclaimed register of this office for this number: the one that there is, or a new one.
create or replace function register_of(office uuid, number text, called text) returns uuid language plpgsql
  set search_path = public, pg_temp as $$
declare
  found_register uuid;
begin
  perform make_registers(office,
    jsonb_build_array(jsonb_build_object('slug', 'register', 'name', called, 'kvk_number', number)))
    where not exists (select from organisation o where o.made_by = office and o.kvk_number = number
      and o.claimed_at is null
                         and o.joined_into is null);
  select o.id into found_register from organisation o
   where o.made_by = office and o.kvk_number = number and o.claimed_at is null and o.joined_into is null;
  return found_register;
end $$;

revoke execute on function register_of(uuid, text, text) from public;
grant execute on function register_of(uuid, text, text) to meldketen_door;
