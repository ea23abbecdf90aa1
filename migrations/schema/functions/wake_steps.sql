-- Makes steps ready that wait for something outside, which is about to be written. The run is locked first, as by
-- every worker and person, and before the fact is written: a worker that holds it now finishes, and a later one sees
-- the fact. So no step misses the fact.
create or replace function wake_steps(organisation uuid, subject uuid) returns void language sql as $$
  select from run where organisation_id = organisation and subject_id = subject order by id for update;
  update step s set state = 'ready', ready_at = now()
    from run r
   where r.organisation_id = organisation and r.subject_id = subject
     and s.organisation_id = r.organisation_id and s.run_id = r.id and s.kind = 'job' and s.state = 'waiting'
$$;
