-- The office's agreements lead to a register of its own again; what it told before stays where it was told, and the
-- register that they lead to has an entry of each. From a register without proof the contacts come with a doubt, and
-- what nobody was told of there yet begins anew in the office's own register, and is on the call list. What was said in
-- it by telephone or letter, or delivered before, stays: the register itself stays as it is.
create or replace function leave_register(office uuid, controller uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  fresh uuid;
  is_proven boolean;
  moved uuid[];
  untold uuid[];
begin
  select o.verified_at is not null, register_of(office, o.kvk_number, (select a.controller_name
           from processing_agreement a
          where a.processor_id = office and a.controller_id = controller order by a.id desc limit 1))
    into is_proven, fresh from organisation o
   where o.id = controller and exists (select from processing_agreement a
                                        where a.processor_id = office and a.controller_id = controller);
  if fresh is null then return; end if;
  update agreed_service set controller_id = fresh where processor_id = office and controller_id = controller;
  moved := array(select a.id from processing_agreement a
                  where a.processor_id = office and a.controller_id = controller order by a.id);
  if is_proven then
    update processing_agreement set controller_id = fresh where processor_id = office and controller_id = controller;
  else
    perform lock_between(array[office], array[controller]);
    untold := array(select e.id from escalation e
                     where e.processor_id = office and e.controller_id = controller and e.informed_at is null
                       and e.acknowledged_at is null order by e.id);
    perform begin_elsewhere(office, controller, fresh, '{}', untold);
    perform lead_with_doubt(office, controller, fresh, came_through(office, controller));
    update escalation set controller_id = fresh where processor_id = office and id = any (untold);
  end if;
  insert into history_pending (organisation_id, entry)
  select fresh, row(fresh, 'agreement', a.id, 'agreement.registered', null, null, 'processor', null, null, null,
                    jsonb_build_object('by', o.name, 'client_number', a.client_number,
                                       'in_force_from', a.in_force_from),
                    null, null, null)::history_entry
    from processing_agreement a join organisation o on o.id = office
   where a.processor_id = office and a.id = any (moved) order by a.id;
end $$;

revoke execute on function leave_register(uuid, uuid) from public;
grant execute on function leave_register(uuid, uuid) to meldketen_door;
