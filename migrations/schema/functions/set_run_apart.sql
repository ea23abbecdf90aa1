-- Sets a run apart under a subject of its own, with its steps as they were done, so that no other step depends on it.
create or replace function set_run_apart(r run) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform close_dossiers(r.organisation_id, array[r.subject_id]);
  update run set subject_id = r.id, state = 'cancelled', finished_at = coalesce(finished_at, now())
   where organisation_id = r.organisation_id and id = r.id;
end $$;

revoke execute on function set_run_apart(run) from public;
grant execute on function set_run_apart(run) to meldketen_door;
