-- Returns this agreement of the acting office, locked, for a door that changes it. First the office's own row: an
-- incident that is recorded at this moment ends first, and so does a client that accepts or ends the office. What the
-- office agrees with its test client stays as it was made.
create or replace function own_agreement(agreement uuid) returns processing_agreement language plpgsql
  set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  was processing_agreement;
begin
  if me is null or not is_admitted(me) then
    raise insufficient_privilege using message = 'this organisation is not admitted as an office';
  end if;
  perform from organisation where id = me for no key update;
  select * into was from processing_agreement where processor_id = me and id = agreement for no key update;
  if not found then
    raise no_data_found using message = 'no such agreement of this office';
  end if;
  if was.controller_id = my_test_register() then
    raise check_violation using message = 'the agreement of the test client stays as it is',
      constraint = 'test_client_stays';
  end if;
  return was;
end $$;

revoke execute on function own_agreement(uuid) from public;
grant execute on function own_agreement(uuid) to meldketen_door;
