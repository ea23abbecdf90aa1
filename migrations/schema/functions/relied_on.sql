-- Returns the newest local day on which an incident was noticed that hit this agreement of the office, while its client
-- has not decided about it. What the agreement says of that day stays. Null: no such message.
create or replace function relied_on(office uuid, agreement uuid) returns date language sql stable as $$
  select max((i.found_at at time zone 'Europe/Amsterdam')::date)
    from incident_client c
    join processing_agreement a on a.processor_id = c.organisation_id and a.id = c.agreement_id
    join incident i on i.organisation_id = c.organisation_id and i.id = c.incident_id
    join escalation e on e.processor_id = c.organisation_id and e.incident_id = c.incident_id
     and (e.agreement_id = a.id or e.controller_id = a.controller_id)
   where c.organisation_id = office and c.agreement_id = agreement and e.decision is null
$$;
