-- Trigger: the earliest moment only becomes earlier, except where a door undoes what strangers stated. When whoever
-- stated the later moment is no longer among the preparers of the decision, that moment is removed.
create or replace function keep_earliest_moment() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
  earlier timestamptz := new.earliest_aware_at;
begin
  if tg_op = 'UPDATE' then
    earlier := old.earliest_aware_at;
    if current_user = 'meldketen_door' and (new.became_aware_at is null
        or old.own_aware_stated_at is not null and new.own_aware_stated_at is null) then
      earlier := null;
    end if;
  end if;
  new.earliest_aware_at := least(earlier, new.became_aware_at, new.stated_aware_at);
  if not coalesce(new.later_aware_by <@ new.prepared_by, true) then
    new.later_aware_at := null;
    new.later_aware_reason := null;
    new.later_aware_stated_at := null;
    new.later_aware_by := null;
  end if;
  if tg_op = 'UPDATE' and (new.stated_aware_at, new.own_aware_stated_at, new.later_aware_stated_at)
      is distinct from (old.stated_aware_at, old.own_aware_stated_at, old.later_aware_stated_at) then
    new.register_form := 2;
  end if;
  return new;
end $$;
