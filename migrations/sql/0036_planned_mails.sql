-- Escalations that an earlier version planned have no value for how much time is left, which their text says since:
-- they would stop when they are sent.
alter table mail_batch no force row level security;  -- its owner sees all rows for a moment
-- As that version said it: the whole term, from this message on.
update mail_batch set common = common || case locale
    when 'en' then jsonb_build_object('decide_by', format('within %s hours', common->>'hours'),
      'your_time', case text_key
        when 'escalation' then format('From this message on you have %s hours.', common->>'hours')
        else format('From this message on you have %s hours at most.', common->>'hours')
          || ' If our first message did arrive, that moment counts.' end)
    else jsonb_build_object('decide_by', format('binnen %s uur', common->>'hours'),
      'your_time', case text_key
        when 'escalation' then format('Vanaf dit bericht hebt u %s uur.', common->>'hours')
        else format('Vanaf dit bericht hebt u hoogstens %s uur.', common->>'hours')
          || ' Kwam ons eerste bericht wel aan, dan telt dat moment.' end) end
 where text_key in ('escalation', 'escalation_next_contact') and state <> 'accepted' and common ? 'hours'
   and not common ? 'your_time';
alter table mail_batch force row level security;
