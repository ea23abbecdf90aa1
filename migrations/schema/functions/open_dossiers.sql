-- Opens for each hit a run at the office and one at the controller, with its first step and its clock.
create or replace function open_dossiers(i incident, plan jsonb, hits controller_hit[]) returns void language sql as $$
  insert into run (organisation_id, id, workflow, version, subject_id)
  select i.organisation_id, office_run, plan#>>'{office,workflow}', (plan#>>'{office,version}')::integer, escalation_id
    from unnest(hits)
  union all
  select controller_id, controller_run, plan#>>'{controller,workflow}', (plan#>>'{controller,version}')::integer,
    breach_id
    from unnest(hits);
  insert into step (organisation_id, run_id, name, kind, state)
  select i.organisation_id, office_run, plan#>>'{office,step}', 'job', 'ready' from unnest(hits)
  union all
  select controller_id, controller_run, plan#>>'{controller,step}', 'human', 'waiting' from unnest(hits);
  insert into clock (organisation_id, run_id, name, state, started_at, alarm_at, due_at, moments, next_at)
  select i.organisation_id, office_run, plan#>>'{office,clock}', 'running', i.became_aware_at, alarm_at, alarm_at,
    moments, moments[1]
    from unnest(hits)
  union all
  select controller_id, controller_run, plan#>>'{controller,clock}', 'waiting', null, null, null, '{}', null
    from unnest(hits)
$$;

revoke execute on function open_dossiers(incident, jsonb, controller_hit[]) from public;
grant execute on function open_dossiers(incident, jsonb, controller_hit[]) to meldketen_door;
