-- Several owners ask for the end of one owner's seat together: end_asked_by are all who ask. end_asked_at: when it was
-- begun last. end_taken_back_by: who took it back since that; they ask again a day later.
alter table membership drop constraint membership_end_asked_by_fkey;
alter table membership
  alter column end_asked_by type uuid[] using case when end_asked_by is not null then array[end_asked_by] end,
  add constraint end_asked_by_people check (cardinality(end_asked_by) > 0),
  add column end_asked_at timestamptz, add column end_taken_back_by uuid[] not null default '{}';
update membership set end_asked_at = ends_from - interval '1 day' where ends_from is not null;

-- The database itself writes both, so that no act goes around the day.
create function keep_who_asked() returns trigger language plpgsql as $$
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
create trigger owner_is_asked_once_a_day
  before update of ends_from, end_asked_by, end_asked_at, end_taken_back_by on membership for each row
  when (current_setting('app.person', true) <> '') execute function keep_who_asked();
