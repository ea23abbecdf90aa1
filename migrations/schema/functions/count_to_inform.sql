-- Lets the office's clock for informing a controller run again from where it ran; its clock for the receipt waits. A
-- moment that is past was heard, or is not heard again.
create or replace function count_to_inform(office uuid, of_escalation uuid) returns void language sql
  set search_path = public, pg_temp as $$
  update clock c set stopped_at = null,
      state = case when c.name = 'inform-controller' then 'running' else 'waiting' end,
      started_at = case when c.name = 'inform-controller' then c.started_at end,
      alarm_at = case when c.name = 'inform-controller' then c.alarm_at end,
      due_at = case when c.name = 'inform-controller' then c.due_at end,
      moments = case when c.name = 'inform-controller' then c.moments else '{}' end,
      heard = case when c.name = 'inform-controller'
                   then (select count(*) from unnest(c.moments) m where m <= now()) else 0 end,
      next_at = case when c.name = 'inform-controller'
                     then (select min(m) from unnest(c.moments) m where m > now()) end
    from run r
   where r.organisation_id = office and r.workflow = 'escalation' and r.subject_id = of_escalation
     and c.organisation_id = r.organisation_id and c.run_id = r.id and c.alarm_at is not null
$$;

revoke execute on function count_to_inform(uuid, uuid) from public;
grant execute on function count_to_inform(uuid, uuid) to meldketen_door;
