-- Returns what the office learns of a breach from its state in the register, as tell_processor in
-- workflows/notification/ap_notification.py does. Null: it is not decided, or not sent yet.
create or replace function outcome_of(b breach) returns text language sql immutable as $$
  select case when b.submitted_at >= b.due_at then 'notified_late'
              when b.submitted_at is not null then 'notified'
              when b.decided_at is not null and b.decision = 'do_not_notify' then 'not_notified' end
$$;

revoke execute on function outcome_of(breach) from public;
grant execute on function outcome_of(breach) to meldketen_door;
