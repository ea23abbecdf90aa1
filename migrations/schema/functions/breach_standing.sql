-- Where these breaches of a register stand. due: their run has ended, and something is still due by the rule of
-- workflows/dossiers/still_due.py. unread: they were submitted, and nobody kept how many answers were open, so the form
-- is to be read. The list is asked for by its ids, so that it costs as much as it is long.
create or replace function breach_standing(register uuid, breaches uuid[])
returns table (id uuid, runs boolean, decided boolean, due boolean, unread boolean, notice_unsent boolean,
               notice_under_way boolean)
language sql stable as $$
  select b.id, r.state = 'running', b.decided_at is not null,
         r.state in ('done', 'exempt') and (
           case when n.id is not null then n.sent_at is null
                else b.risk = 'high' and not coalesce(b.financial_undertaking, false)
                     and coalesce(b.people_exception not in ('protected', 'measures', 'disproportionate'), true) end
           or coalesce(b.measures, '') = '' or b.submitted_at is not null and coalesce(b.questions_open > 0, false)
           or n.sent_at is not null and exists (
                select from recipient p
                 where p.organisation_id = n.organisation_id and p.about_id = n.id and p.purpose = 'notice'
                   and p.state = any (array(select name from mail_state where on_the_way or not_reached)))),
         r.state in ('done', 'exempt') and b.submitted_at is not null and b.questions_open is null,
         n.id is not null and n.sent_at is null,
         n.sent_at is not null and exists (
           select from run m
            where m.organisation_id = n.organisation_id and m.subject_id = n.id and m.state = 'running')
    from unnest(breaches) as asked(breach_id)
    join breach b on b.organisation_id = register and b.id = asked.breach_id
    join run r on r.organisation_id = b.organisation_id and r.subject_id = b.id and r.workflow = 'ap_notification'
    left join notice n on n.organisation_id = b.organisation_id and n.breach_id = b.id and not exists (
      select from run x where x.organisation_id = n.organisation_id and x.subject_id = n.id and x.state = 'cancelled')
$$;
