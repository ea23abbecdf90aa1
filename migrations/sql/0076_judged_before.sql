-- What was released before is judged once, for all registers together.
set local role meldketen_door;
update breach b set questions_open = kept.open
  from (select distinct on (h.organisation_id, h.subject_id) h.organisation_id, h.subject_id,
               (h.details ->> 'questions_open')::integer as open
          from history h where h.what = 'ap_notification.submit'
         order by h.organisation_id, h.subject_id, h.seq desc) kept
 where b.organisation_id = kept.organisation_id and b.id = kept.subject_id and b.submitted_at is not null
   and kept.open is not null;
with told as (
  select n.organisation_id, n.breach_id, n.sent_at,
         exists (select from run r where r.organisation_id = n.organisation_id and r.subject_id = n.id
                                     and r.state = 'running') as under_way,
         exists (select from recipient p where p.organisation_id = n.organisation_id and p.about_id = n.id
                                           and p.purpose = 'notice' and p.state <> 'delivered') as not_arrived
    from notice n where not exists (select from run r where r.organisation_id = n.organisation_id
                                                        and r.subject_id = n.id and r.state = 'cancelled'))
update breach b set may_be_due = false
  from run r
 where r.organisation_id = b.organisation_id and r.subject_id = b.id and r.workflow = 'ap_notification'
   and r.state <> 'running'
   and not exists (select from told where told.organisation_id = b.organisation_id and told.breach_id = b.id
                                      and (told.sent_at is null or told.under_way))
   and (r.state not in ('done', 'exempt') or coalesce(b.measures, '') <> ''
     and (b.submitted_at is null or b.questions_open = 0)
     and not exists (select from told where told.organisation_id = b.organisation_id and told.breach_id = b.id
                                        and told.not_arrived)
     and (coalesce(b.risk <> 'high', true) or coalesce(b.financial_undertaking, false)
       or coalesce(b.people_exception in ('protected', 'measures', 'disproportionate'), false)
       or exists (select from told where told.organisation_id = b.organisation_id and told.breach_id = b.id)));
reset role;
