-- Says on which day an agreement of the acting office is in force for the last time. What was agreed with this client
-- for a later day, and is not in force yet, is withdrawn. Returns the agreements that were withdrawn.
-- An open message rests on what was in force on the day of its incident, so the last day is not before that day.
-- The version of a client is the sum of its agreements' versions: this one takes over those of the withdrawn ones, so
-- that the sum grows with each change.
create or replace function end_agreement(agreement uuid, last_day date) returns uuid[]
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was constant processing_agreement := own_agreement(agreement);
  withdrawn uuid[];
  numbers integer;
begin
  if last_day < relied_on(was.processor_id, was.id) then
    raise check_violation using message = 'an open message rests on this agreement', constraint = 'agreement_relied_on';
  end if;
  withdrawn := array(
    select a.id from processing_agreement a
     where a.processor_id = was.processor_id and a.controller_id = was.controller_id
       and a.client_number = was.client_number and a.in_force_from > greatest(was.in_force_from, last_day)
       and a.in_force_from > (now() at time zone 'Europe/Amsterdam')::date order by a.id);
  delete from agreed_service where processor_id = was.processor_id and agreement_id = any (withdrawn);
  with gone as (
    delete from processing_agreement where processor_id = was.processor_id and id = any (withdrawn) returning version)
  select coalesce(sum(version), 0) into numbers from gone;
  update processing_agreement set in_force_to = last_day, version = version + numbers
   where processor_id = was.processor_id and id = was.id;
  perform refuse_overlap(was.processor_id, array[was.id]);
  perform tell_client(was, 'agreement.ended',
    jsonb_build_object('in_force_to', last_day, 'withdrawn', cardinality(withdrawn)));
  return withdrawn;
end $$;

alter function end_agreement(uuid, date) owner to meldketen_door;
revoke execute on function end_agreement(uuid, date) from public;
grant execute on function end_agreement(uuid, date) to meldketen_app;
