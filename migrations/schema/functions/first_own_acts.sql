-- Returns when somebody of the acting organisation first showed that it knew: by confirming receipt while logged in,
-- or by assessing the breach. A confirmation by the holder of a mailed link is not a member's act.
create or replace function first_own_acts(breach_known uuid, out received_at timestamptz, out assessed_at timestamptz)
language sql stable set search_path = public, pg_temp as $$
  select (select min(e.acknowledged_at) from escalation e
           where e.controller_id = acting_organisation() and e.breach_id = breach_known
             and e.acknowledged_link is null),
         (select min(s.done_at) from run r
            join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
           where r.organisation_id = acting_organisation() and r.subject_id = breach_known
             and r.workflow = 'ap_notification' and r.state <> 'cancelled' and s.kind = 'human' and s.state = 'done')
$$;

revoke execute on function first_own_acts(uuid) from public;
grant execute on function first_own_acts(uuid) to meldketen_app;
