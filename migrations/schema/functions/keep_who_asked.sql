-- Trigger: the database itself writes when the end of a seat was asked for and who took that back, so that no act
-- avoids the day.
create or replace function keep_who_asked() returns trigger language plpgsql as $$
declare
  begins constant boolean := new.ends_from is not null and new.ends_from is distinct from old.ends_from;
  is_today constant boolean := coalesce(old.end_asked_at > now() - interval '1 day', false);
  before constant uuid[] := case when begins then '{}' else coalesce(old.end_asked_by, '{}') end;
  ask constant uuid[] := coalesce(new.end_asked_by, '{}');
begin
  if is_today and exists (select from unnest(ask) a
                           where a <> all (before) and a = any (old.end_taken_back_by)) then
    raise exception 'who took it back asks again a day later' using errcode = 'check_violation',
      constraint = 'owner_asked_once_a_day';
  end if;
  new.end_asked_at := case when begins then now() else old.end_asked_at end;
  new.end_taken_back_by := case when is_today or not begins then old.end_taken_back_by else '{}' end
    || array(select b from unnest(before) b where b <> all (ask));
  return new;
end $$;
