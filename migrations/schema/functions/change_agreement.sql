-- Gives an agreement of the acting office other terms from a day: the agreement ends on the day before, and another one
-- with the same client begins. From its own first day the agreement itself is corrected. After its last day the other
-- one follows it. Returns the agreement with these terms.
-- roles: {service: role}. What an open message rests on is not changed.
create or replace function change_agreement(agreement uuid, from_day date, to_day date, hours integer, roles jsonb)
returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was constant processing_agreement := own_agreement(agreement);
  changed processing_agreement;
begin
  if from_day < was.in_force_from or from_day <= relied_on(was.processor_id, was.id) then
    raise check_violation using message = 'an open message rests on this agreement', constraint = 'agreement_relied_on';
  end if;
  if from_day = was.in_force_from then
    update processing_agreement set hours_to_notify = hours, in_force_to = to_day
     where processor_id = was.processor_id and id = was.id returning * into changed;
    delete from agreed_service where processor_id = was.processor_id and agreement_id = was.id;
  else
    update processing_agreement set in_force_to = from_day - 1
     where processor_id = was.processor_id and id = was.id and coalesce(in_force_to, 'infinity') >= from_day;
    insert into processing_agreement (processor_id, controller_id, client_number, controller_name, hours_to_notify,
                                      contacts, in_force_from, in_force_to, kvk_number_stated)
    values (was.processor_id, was.controller_id, was.client_number, was.controller_name, hours, was.contacts, from_day,
            to_day, was.kvk_number_stated)
    returning * into changed;
  end if;
  perform refuse_overlap(was.processor_id, array[changed.id]);
  insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
  select changed.processor_id, changed.id, changed.controller_id, s.key, s.value from jsonb_each_text(roles) s;
  perform tell_client(changed, 'agreement.changed', jsonb_build_object('in_force_from', from_day, 'in_force_to', to_day,
    'hours_to_notify', hours, 'services', roles));
  return changed.id;
end $$;

alter function change_agreement(uuid, date, date, integer, jsonb) owner to meldketen_door;
revoke execute on function change_agreement(uuid, date, date, integer, jsonb) from public;
grant execute on function change_agreement(uuid, date, date, integer, jsonb) to meldketen_app;
