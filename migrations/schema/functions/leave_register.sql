-- Leads the office's agreements to a register of its own again, which has an entry of each. A register with proof
-- keeps what it received. What a register without proof received or confirmed does not count any more, as where the
-- operator closes it: each breach begins anew in the office's own register, is on the call list, and waits there for
-- an organisation that proves the number; the contacts come with a doubt. What the office said by telephone or letter
-- counts on.
create or replace function leave_register(office uuid, controller uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  fresh uuid;
  is_proven boolean;
  moved uuid[];
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
    perform lead_all_elsewhere(office, controller, fresh, receipts_of_proven(office, fresh));
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
