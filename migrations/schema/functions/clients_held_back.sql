-- Returns which clients of the acting office that came from this file hold it back, by their numbers, and what rests on
-- each: 'opened' (its register is in use, or proven), 'incident', 'later' (the office made another agreement with it
-- after the file), 'changed', or 'mailed' (one of its contacts was written to, or answered).
-- What was asked of others by the client's number says nothing here: the office does not learn who has a number.
create or replace function clients_held_back(file uuid) returns table (of_client text, name text, why text)
language sql stable security definer set search_path = public, pg_temp as $$
  -- Each part reads its table once, however many clients came from the file. All of these were taken at one moment.
  with taken as materialized (
    select a.* from processing_agreement a where a.processor_id = acting_organisation() and a.file_id = file),
  later as materialized (
    select b.controller_id from processing_agreement b
     where b.processor_id = acting_organisation() and b.created_at > (select max(t.created_at) from taken t)),
  mailed as materialized (
    select s.address from contact_standing s
     where s.organisation_id = acting_organisation()
       and greatest(s.asked_at, s.confirmed_at, s.says_no_at, s.reached_at, s.bounced_at)
           > (select max(t.created_at) from taken t)),
  resting as (
    select t.client_number, t.controller_name, case
             when o.claimed_at is not null or o.verified_at is not null or o.made_by <> t.processor_id
               or t.controller_id in (select c.controller_id from consent c
                                       where c.processor_id = acting_organisation()) then 'opened'
             when t.id in (select c.agreement_id from incident_client c
                            where c.organisation_id = acting_organisation()) then 'incident'
             when t.controller_id in (select l.controller_id from later l) then 'later'
             when t.version > 1 then 'changed'
             when exists (select from jsonb_array_elements(t.contacts) c
                           where lower(trim(c->>'email')) in (select m.address from mailed m)) then 'mailed'
           end as why
      from taken t join organisation o on o.id = t.controller_id)
  select r.client_number, r.controller_name, r.why from resting r where r.why is not null
   order by r.client_number, r.why
$$;

alter function clients_held_back(uuid) owner to meldketen_door;
revoke execute on function clients_held_back(uuid) from public;
grant execute on function clients_held_back(uuid) to meldketen_app;
