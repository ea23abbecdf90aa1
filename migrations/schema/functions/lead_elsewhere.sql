-- Leads an office's agreements and escalations from a register that somebody opened to another one. What was done in
-- the first stays there, readable, and says so. The contacts through which somebody came wait for the office's check.
create or replace function lead_elsewhere(office uuid, old_register uuid, new_register uuid, receipts jsonb)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
  told uuid[];
  n integer;
begin
  perform lock_between(array[office], array[old_register]);
  told := array(select e.id from escalation e
                 where e.processor_id = office and e.controller_id = old_register order by e.id);
  n := begin_elsewhere(office, old_register, new_register, receipts, told);
  perform lead_with_doubt(office, old_register, new_register, came_through(office, old_register));
  update agreed_service set controller_id = new_register where processor_id = office and controller_id = old_register;
  update escalation set controller_id = new_register where processor_id = office and id = any (told);
  update consent set state = 'ended', ended_at = now()
   where controller_id = old_register and processor_id = office and state <> 'ended';
  return n;
end $$;

revoke execute on function lead_elsewhere(uuid, uuid, uuid, jsonb) from public;
grant execute on function lead_elsewhere(uuid, uuid, uuid, jsonb) to meldketen_door;
