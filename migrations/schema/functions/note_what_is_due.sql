-- Notes at this breach whether something may be due about it. Its row is locked before anything is read: of two changes
-- at the same time the second one sees the first. How many answers are open is kept in the history: when the form was
-- sent, and when later facts ended a question. What somebody read in a form of before that is kept as well, until the
-- breach changes (is_new).
create or replace function note_what_is_due(register uuid, judged uuid, is_new boolean) returns void language plpgsql
  set search_path = public, pg_temp as $$
begin
  perform from breach where organisation_id = register and id = judged for no key update;
  update breach b set questions_open = kept.open
    from (select x.id, case when x.submitted_at is not null then coalesce((
                   select (h.details ->> 'questions_open')::integer from history h
                    where h.organisation_id = x.organisation_id and h.subject_id = x.id
                      and h.what in ('ap_notification.submit', 'breach.facts_supplemented')
                      and h.details ? 'questions_open'
                    order by h.seq desc limit 1), case when not is_new then x.questions_open end) end as open
            from breach x where x.organisation_id = register and x.id = judged) kept
   where b.organisation_id = register and b.id = kept.id and b.questions_open is distinct from kept.open;
  update breach b set may_be_due = s.may_be
    from (select coalesce(bool_or(x.runs or x.due or x.unread or x.notice_unsent or x.notice_under_way), false)
                 as may_be
            from breach_standing(register, array[judged]) x) s
   where b.organisation_id = register and b.id = judged and b.may_be_due <> s.may_be;
end $$;

revoke execute on function note_what_is_due(uuid, uuid, boolean) from public;
grant execute on function note_what_is_due(uuid, uuid, boolean) to meldketen_door;
