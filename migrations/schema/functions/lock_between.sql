-- Locks all that these offices and registers write about the same breaches, in the order that everybody uses: runs,
-- escalations, breaches, each by its id. A caller that writes about several of them locks all at once: one after the
-- other, it would lock a later one's runs after an earlier one's escalations, while a worker that delivers holds its
-- run already. That worker adds rows to a register (history, links) which name it: the lock of the register's own row
-- allows that (no key update).
create or replace function lock_between(offices uuid[], registers uuid[]) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  perform from organisation where id = any (registers) order by id for no key update;
  perform from run r where r.organisation_id = any (registers)
      or r.organisation_id = any (offices) and r.workflow = 'escalation'
         and r.subject_id in (select e.id from escalation e
                               where e.processor_id = any (offices) and e.controller_id = any (registers))
    order by r.id for update;
  perform from escalation where processor_id = any (offices) and controller_id = any (registers) order by id for update;
  perform from breach where organisation_id = any (registers) order by id for update;
end $$;

revoke execute on function lock_between(uuid[], uuid[]) from public;
grant execute on function lock_between(uuid[], uuid[]) to meldketen_door;
