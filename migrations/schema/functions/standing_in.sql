-- Returns those of these breaches that stand in this register already.
create or replace function standing_in(register uuid, breaches uuid[]) returns uuid[] language sql stable
  set search_path = public, pg_temp as $$
  select array(select b.id from breach b where b.organisation_id = register and b.id = any (breaches) order by b.id)
$$;

revoke execute on function standing_in(uuid, uuid[]) from public;
grant execute on function standing_in(uuid, uuid[]) to meldketen_door;
