-- Numbers over all organisations: how the engine stands. No organisation, no person, no id comes out of here.
create function engine_state() returns jsonb
language sql stable security definer set search_path = public, pg_temp as $$
  select jsonb_build_object(
    'steps', (
      select jsonb_build_object('ready', count(*) filter (where ready_at <= now()),
                                'retrying', count(*) filter (where ready_at > now()))
        from step where state = 'ready')
      || (select jsonb_build_object('running', count(*)) from step where state = 'running')
      || (select jsonb_build_object('waiting_for_people', count(*)) from step where kind = 'human'
        and state = 'waiting')
      || (select jsonb_build_object('waiting_for_evidence', count(*) filter (where state = 'waiting'),
                                    'failed', count(*) filter (where state = 'failed'))
            from step where kind <> 'human' and state in ('waiting', 'failed')),
    'oldest_ready_s', (select extract(epoch from now() - min(ready_at)) from step where state = 'ready'
      and ready_at <= now()),
    'lapsed', jsonb_build_object(
      'step', (select count(*) from step where state = 'running' and lease_until < now()),
      'batch', (select count(*) from mail_batch where state = 'sending' and lease_until < now())),
    'clocks', (select jsonb_build_object('due', count(*), 'late_s', extract(epoch from now() - min(next_at)))
                 from clock where next_at <= now()),
    'batches', (select jsonb_object_agg(state, many) from (select state, count(*) as many
      from mail_batch group by state) b),
    'oldest_unanswered_s', (select extract(epoch from now() - min(answered_at)) from mail_batch
                             where state in ('unknown', 'stopped')),
    'webhook', (select jsonb_build_object('events', count(*), 'lag_avg_s', extract(epoch from avg(received_at - at)),
                                          'lag_max_s', extract(epoch from max(received_at - at)))
                  from mail_event where received_at > now() - interval '5 minutes'))
$$;

-- Which definitions runs are open under. It leaps from one to the next: as many look-ups as there are definitions.
create function open_definitions() returns table (workflow text, version integer)
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select r.workflow, r.version from run r where r.state = 'running' order by r.workflow, r.version limit 1)
    union all
    select following.* from found cross join lateral (
      select r.workflow, r.version from run r
       where r.state = 'running' and (r.workflow, r.version) > (found.workflow, found.version)
       order by r.workflow, r.version limit 1) following)
  select found.workflow, found.version from found
$$;

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['engine_state()', 'open_definitions()'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
