-- All that an office and a register write about the same breaches, in the order of everybody: runs, then escalations.
create or replace function lock_between(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  perform from organisation where id = register for update;
  perform from run r where r.organisation_id = register or r.organisation_id = office and r.workflow = 'escalation'
      and r.subject_id in (select e.id from escalation e where e.processor_id = office and e.controller_id = register)
    order by r.id for update;
  perform from escalation where processor_id = office and controller_id = register order by id for update;
  perform from breach where organisation_id = register order by id for update;
end $$;

revoke execute on function lock_between(uuid, uuid) from public;
grant execute on function lock_between(uuid, uuid) to meldketen_door;
