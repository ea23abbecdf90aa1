-- Returns how many messages stand above a breach of the acting organisation, from processor to processor: 0 for a
-- breach of its own, 1 for a message of its processor, 2 where that processor passed on a message of its own, and so
-- on. And the acting organisation's own incident among those, the nearest one; null: none. It says nothing of
-- anybody else.
create or replace function messages_above(lowest uuid) returns table (steps integer, own_incident uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive above as (
    select e.processor_id, e.incident_id, 1 as step from escalation e
     where e.controller_id = acting_organisation() and e.breach_id = lowest
    union all
    select e.processor_id, e.incident_id, a.step + 1 from above a
      join incident i on i.organisation_id = a.processor_id and i.id = a.incident_id
      join escalation e on e.controller_id = i.organisation_id and e.breach_id = i.from_breach
     where a.step < 20)
  select coalesce(max(step), 0),
         (array_agg(incident_id order by step) filter (where processor_id = acting_organisation()))[1]
    from above
$$;

alter function messages_above(uuid) owner to meldketen_door;
revoke execute on function messages_above(uuid) from public;
grant execute on function messages_above(uuid) to meldketen_app;
