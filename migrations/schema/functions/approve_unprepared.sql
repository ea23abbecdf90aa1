-- Trigger of step: a person who prepared a breach or a notice neither approves it nor releases it, unless a glass was
-- broken for it in the same transaction.
create or replace function approve_unprepared() returns trigger language plpgsql as $$
begin
  if (tg_op = 'INSERT' or old.state <> 'done') and exists (
      select from run r
        left join breach b on b.organisation_id = r.organisation_id and b.id = r.subject_id
        left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
       where r.organisation_id = new.organisation_id and r.id = new.run_id
         and coalesce(b.prepared_by, n.prepared_by) && array_remove(array[new.done_by, new.done_for], null))
     and not exists (select from broken_glass g
                      where g.organisation_id = new.organisation_id and g.run_id = new.run_id
                        and g.step = new.name and g.by_user = new.done_by and g.created_at = now()) then
    raise exception 'who prepared this does not decide about it'
      using errcode = 'check_violation', constraint = 'four_eyes';
  end if;
  return new;
end $$;
