-- Acts that changed rows of an organisation and left no entry in its history.

-- As in 0018; new: the register that an office's agreements lead to again has an entry of each.
create or replace function leave_register(office uuid, controller uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  fresh uuid;
begin
  select register_of(office, o.kvk_number, (select a.controller_name from processing_agreement a
           where a.processor_id = office and a.controller_id = controller order by a.id desc limit 1))
    into fresh from organisation o
   where o.id = controller and exists (select from processing_agreement a
                                        where a.processor_id = office and a.controller_id = controller);
  if fresh is not null then
    update agreed_service set controller_id = fresh where processor_id = office and controller_id = controller;
    with moved as (
      update processing_agreement set controller_id = fresh where processor_id = office and controller_id = controller
      returning id, client_number, in_force_from)
    insert into history_pending (organisation_id, entry)
    select fresh, row(fresh, 'agreement', m.id, 'agreement.registered', null, null, 'processor', null, null, null,
                      jsonb_build_object('by', o.name, 'client_number', m.client_number,
                                         'in_force_from', m.in_force_from),
                      null, null, null)::history_entry
      from moved m join organisation o on o.id = office;
  end if;
end $$;
-- A register whose breaches went on in another says so in its own history, whichever act did it.
create function remember_joining() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform record_across(new.id, 'organisation', new.id, 'register.joined', null, null, 'controller', null, '{}');
  return null;
end $$;
create trigger remember_joining after update of joined_into on organisation for each row
  when (old.joined_into is distinct from new.joined_into) execute function remember_joining();
