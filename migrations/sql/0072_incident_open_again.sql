-- An incident can be ended more than once. An end from before of which a client is not informed any more does not
-- stand: the call that informed the client was taken back, and the history says when.
alter table incident_end
  add column number smallint not null default 1 check (number > 0),
  add column reopened_at timestamptz,                  -- null: this end stands
  drop constraint incident_end_pkey,
  add primary key (organisation_id, incident_id, number);
alter table incident_end alter column number drop default;
create unique index incident_end_stands on incident_end (organisation_id, incident_id) where reopened_at is null;
update incident_end x
   set reopened_at = coalesce((
         select max(h.at) from history h
           join escalation e on e.processor_id = h.organisation_id and e.id = h.subject_id
          where h.organisation_id = x.organisation_id and e.incident_id = x.incident_id
            and h.what = 'escalation.call_taken_back'), now())
 where exists (select from escalation u where u.processor_id = x.organisation_id and u.incident_id = x.incident_id
                  and u.informed_at is null);
