-- Moves the runs. What people of a register were asked (workflows/trust/asked.py) is their own, and stays.
create or replace function move_dossiers(old_register uuid, new_register uuid, breaches uuid[]) returns void
language sql as $$
  insert into run select (jsonb_populate_record(r, jsonb_build_object('organisation_id', new_register))).*
    from run r where r.organisation_id = old_register and r.subject_id = any (breaches) and r.workflow <> 'asked';
  -- A step that a machine is at is done anew in its new place: whoever is at it finds that it was cancelled.
  insert into step
    select (jsonb_populate_record(s, jsonb_build_object('organisation_id', new_register, 'lease_token', null,
           'lease_until', null, 'state', case when s.state = 'running' then 'ready' else s.state end))).*
    from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
   where r.organisation_id = old_register and r.subject_id = any (breaches) and r.workflow <> 'asked';
  insert into clock select (jsonb_populate_record(c, jsonb_build_object('organisation_id', new_register))).*
    from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
   where r.organisation_id = old_register and r.subject_id = any (breaches) and r.workflow <> 'asked';
$$;

revoke execute on function move_dossiers(uuid, uuid, uuid[]) from public;
grant execute on function move_dossiers(uuid, uuid, uuid[]) to meldketen_door;
