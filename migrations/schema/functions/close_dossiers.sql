-- Ends the runs about these subjects in this register.
create or replace function close_dossiers(register uuid, subjects uuid[]) returns void language sql as $$
  update clock c set state = 'cancelled', next_at = null
    from run r where r.organisation_id = c.organisation_id and r.id = c.run_id and c.state in ('waiting', 'running')
                 and r.organisation_id = register and r.subject_id = any (subjects);
  update step s set state = 'cancelled', lease_token = null, lease_until = null
    from run r where r.organisation_id = s.organisation_id and r.id = s.run_id
                 and s.state in ('ready', 'running', 'waiting')
                 and r.organisation_id = register and r.subject_id = any (subjects);
  update run set state = 'cancelled', finished_at = now()
   where organisation_id = register and subject_id = any (subjects) and state = 'running'
$$;

revoke execute on function close_dossiers(uuid, uuid[]) from public;
grant execute on function close_dossiers(uuid, uuid[]) to meldketen_door;
