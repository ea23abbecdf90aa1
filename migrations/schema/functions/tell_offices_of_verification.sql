-- Records a verification in the history of each office with an agreement too, and tells the people of those offices.
create or replace function tell_offices_of_verification(what text, how text) returns void
language plpgsql volatile set search_path = public, pg_temp as $$
declare
  me organisation;
  offices uuid[];
begin
  select * into me from organisation o where o.id = acting_organisation();
  select array_agg(distinct a.processor_id) into offices from processing_agreement a where a.controller_id = me.id;
  perform record_across(office, 'organisation', me.id, what, null, null, 'controller', null,
                        jsonb_strip_nulls(jsonb_build_object('by', me.name, 'how', how)))
     from unnest(offices) office;
  perform leave_news(offices, replace(what, 'client.', ''), me.id, me.name, how);
end $$;

revoke execute on function tell_offices_of_verification(text, text) from public;
grant execute on function tell_offices_of_verification(text, text) to meldketen_door;
