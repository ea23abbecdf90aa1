-- Lets the office wait for delivery and receipt of these again. A delivery by mail is undone as a receipt is, so that
-- a controller told by mail is told again: by the next delivery, or by telephone or letter.
create or replace function wait_for_receipt_again(office uuid, asked uuid[], receipts jsonb) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update escalation e set decision = null, decided_at = null, acknowledged_link = null,
      acknowledged_at = (receipts -> e.breach_id::text ->> 'at')::timestamptz,
      acknowledged_by = receipts -> e.breach_id::text ->> 'by',
      call_needed_at = case when k.stays then e.call_needed_at else now() end,
      informed_at = case when k.stays then e.informed_at end,
      informed_how = case when k.stays then e.informed_how end
    from (select x.id, coalesce(x.informed_how in ('phone', 'letter'), false) as stays
            from escalation x where x.processor_id = office and x.id = any (asked)) k
   where e.processor_id = office and e.id = k.id;
  with again as (
    update run r set state = 'running', finished_at = null
      from escalation e
     where r.organisation_id = office and r.workflow = 'escalation' and r.state in ('running', 'done')
       and r.subject_id = any (asked) and e.processor_id = office and e.id = r.subject_id
       and (e.acknowledged_at is null or e.informed_at is null)
    returning r.id, case when e.informed_at is null then 'deliver' else 'acknowledge' end as from_step),
  undone as (
    update step s set state = 'cancelled', lease_token = null, lease_until = null from again
     where s.organisation_id = office and s.run_id = again.id and s.state in ('done', 'ready', 'running', 'waiting')
       and s.name in (again.from_step, 'acknowledge')
    returning s.run_id, s.name, s.kind, s.round)
  insert into step (organisation_id, run_id, name, kind, state, round)
  select office, a.id, a.from_step, 'job', 'waiting', 1 + max(u.round)
    from again a join undone u on u.run_id = a.id and u.name = a.from_step group by a.id, a.from_step;
  perform wake_steps(office, e.id) from escalation e
    where e.processor_id = office and e.id = any (asked) and e.acknowledged_at is not null;
end $$;

revoke execute on function wait_for_receipt_again(uuid, uuid[], jsonb) from public;
grant execute on function wait_for_receipt_again(uuid, uuid[], jsonb) to meldketen_door;
