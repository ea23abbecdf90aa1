-- Tells the people at both ends of a proof: a machine's step of workflows/trust/proven_elsewhere.py mails them.
create or replace function tell_of_proof(office uuid, old_register uuid, new_register uuid) returns void
language sql set search_path = public, pg_temp as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    values (office, 'proven_elsewhere', 1, new_register), (old_register, 'proven_elsewhere', 1, office)
    on conflict (organisation_id, subject_id, workflow) do nothing
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told;
  select record_across(old_register, 'organisation', old_register, 'consent.ended_by_proof', null, null, 'controller',
                       null, jsonb_build_object('processor', (select name from organisation where id = office)))
$$;

revoke execute on function tell_of_proof(uuid, uuid, uuid) from public;
grant execute on function tell_of_proof(uuid, uuid, uuid) to meldketen_door;
