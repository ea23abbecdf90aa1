-- Returns whether a decision was taken alone: its last approval was; not when another person approved it and one
-- person sent it.
create or replace function is_decided_alone(controller uuid, breach_decided uuid) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select coalesce((
    select exists (select from broken_glass g where g.organisation_id = s.organisation_id and g.run_id = s.run_id
                      and g.step = s.name and g.created_at = s.done_at)
      from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
     where r.organisation_id = controller and r.workflow = 'ap_notification' and r.subject_id = breach_decided
       and r.state <> 'cancelled' and s.name = 'approve' and s.state = 'done' and s.outcome is null
     order by coalesce(s.done_nth, 0) desc, s.done_at desc limit 1), false)
$$;

revoke execute on function is_decided_alone(uuid, uuid) from public;
grant execute on function is_decided_alone(uuid, uuid) to meldketen_door;
