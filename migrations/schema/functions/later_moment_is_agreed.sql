-- Trigger: a later moment counts once a person who did not state it approved it, or a person who is alone did so as
-- done alone.
create or replace function later_moment_is_agreed() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if new.became_aware_at is distinct from old.later_aware_at or not exists (
      select from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
       where r.organisation_id = new.organisation_id and r.subject_id = new.id and r.workflow = 'ap_notification'
         and s.name = 'approve' and s.state = 'done' and s.outcome is null and s.done_at >= old.later_aware_stated_at
         and (not old.later_aware_by && array_remove(array[s.done_by, s.done_for], null)
              or exists (select from broken_glass g where g.organisation_id = s.organisation_id
                            and g.run_id = s.run_id and g.step = s.name and g.by_user = s.done_by
                            and g.created_at = s.done_at))) then
    raise exception 'a second person did not agree to a later moment' using errcode = 'check_violation',
      constraint = 'later_moment_is_agreed';
  end if;
  return null;
end $$;
