-- Lets the clocks of a breach wait again, as before anybody was aware of it.
create or replace function stop_counting(register uuid, about uuid) returns void language sql
  set search_path = public, pg_temp as $$
  update clock c set state = 'waiting', started_at = null, alarm_at = null, due_at = null, moments = '{}', heard = 0,
                     next_at = null, stopped_at = null
    from run r
   where r.organisation_id = register and r.subject_id = about and r.state = 'running'
     and c.organisation_id = r.organisation_id and c.run_id = r.id and c.state = 'running'
$$;

revoke execute on function stop_counting(uuid, uuid) from public;
grant execute on function stop_counting(uuid, uuid) to meldketen_door;
