-- Returns whether the operator admitted this organisation as an office.
create or replace function is_admitted(office uuid) returns boolean language sql stable as $$
  select exists (select from admission a where a.organisation_id = office and a.state = 'admitted')
$$;

revoke execute on function is_admitted(uuid) from public;
grant execute on function is_admitted(uuid) to meldketen_door;
