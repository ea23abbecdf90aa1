-- Returns, for each controller that an incident hits, the agreement with the tightest hours, in force on the local
-- day on which it was noticed and for a service in which the office is processor. People are summed, null when one
-- number is not known, and an estimate when one of them is. A controller that has an escalation of this incident
-- already is left out.
-- terms: [{"hours", "alarm_at", "moments"}], as in open_escalations.
create or replace function controllers_hit(i incident, terms jsonb) returns setof controller_hit language sql as $$
  select row_number() over (order by h.controller_id), h.controller_id, h.agreements[1], h.names[1], h.contacts,
    h.hours[1], h.alarms[1],
         (select t.moments from jsonb_to_recordset(terms) as t(hours integer, moments timestamptz[])
           where t.hours is not distinct from h.hours[1]),
         h.people_min, h.people_max, h.informed_at[1], h.informed_how[1], o.financial_undertaking,
         uuidv7(), uuidv7(), uuidv7(), uuidv7(), null::text, h.people_estimate
    from (
      select a.controller_id, array_agg(a.id order by t.alarm_at, a.id) as agreements,
             array_agg(a.controller_name order by t.alarm_at, a.id) as names,
             jsonb_path_query_array(jsonb_agg(a.contacts order by t.alarm_at, a.id), '$[*][*]') as contacts,
             array_agg(a.hours_to_notify order by t.alarm_at, a.id) as hours,
               array_agg(t.alarm_at order by t.alarm_at, a.id) as alarms,
             case when bool_and(c.people_min is not null) then sum(c.people_min) end as people_min,
             case when bool_and(c.people_max is not null) then sum(c.people_max) end as people_max,
             bool_or(c.people_estimate) as people_estimate,
             array_agg(c.informed_at order by c.informed_at) as informed_at,
             array_agg(c.informed_how order by c.informed_at) as informed_how
        from incident_client c
        join processing_agreement a on a.processor_id = c.organisation_id and a.id = c.agreement_id
        join jsonb_to_recordset(terms) as t(hours integer, alarm_at timestamptz) on t.hours is not distinct
          from a.hours_to_notify
       where c.organisation_id = i.organisation_id and c.incident_id = i.id
         and (i.found_at at time zone 'Europe/Amsterdam')::date between a.in_force_from
           and coalesce(a.in_force_to, 'infinity')
         and exists (select from agreed_service s where s.processor_id = i.organisation_id and s.agreement_id = a.id
                        and s.role = 'processor' and s.service = any (i.services))
         and not exists (select from escalation e where e.processor_id = i.organisation_id and e.incident_id = i.id
                            and e.controller_id = a.controller_id)
       group by a.controller_id) h
    join organisation o on o.id = h.controller_id
$$;

revoke execute on function controllers_hit(incident, jsonb) from public;
grant execute on function controllers_hit(incident, jsonb) to meldketen_door;
