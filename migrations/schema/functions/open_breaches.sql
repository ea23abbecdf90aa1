-- Opens in the register of each hit a breach with the facts of the incident, and at the office its escalation.
create or replace function open_breaches(i incident, office text, hits controller_hit[]) returns void language sql as $$
  insert into breach (organisation_id, id, reference, title, origin, processor_id, escalation_id, processor_name,
    incident_id,
                      contacts, found_at, happened_from, happened_until, description, cause, consequences, measures,
                        facts,
                      people_min, people_max, people_estimate, financial_undertaking)
  select controller_id, breach_id, reference, i.title, 'escalated', i.organisation_id, escalation_id, office, i.id,
    contacts, i.found_at,
         i.happened_from, i.happened_until, i.description, i.cause, i.consequences, i.measures, i.facts, people_min,
           people_max, people_estimate,
         financial_undertaking
    from unnest(hits);
  insert into escalation (processor_id, id, controller_id, incident_id, agreement_id, breach_id, controller_name,
    people_min,
                          people_max, people_estimate, hours_agreed, became_aware_at, alarm_at, contacts, informed_at,
                          informed_how)
  select i.organisation_id, escalation_id, controller_id, i.id, agreement_id, breach_id, controller_name, people_min,
    people_max, people_estimate,
         hours_agreed, i.became_aware_at, alarm_at, contacts, informed_at, informed_how
    from unnest(hits)
$$;

revoke execute on function open_breaches(incident, text, controller_hit[]) from public;
grant execute on function open_breaches(incident, text, controller_hit[]) to meldketen_door;
