-- Returns counts of the engine over all organisations. It reveals no organisation, no person, no id.
create or replace function engine_state() returns jsonb
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
    'oldest_ready_s', (select extract(epoch from now() - min(ready_at)) from step
                        where state = 'ready' and ready_at <= now()),
    'lapsed', jsonb_build_object(
      'step', (select count(*) from step where state = 'running' and lease_until < now()),
      'batch', (select count(*) from mail_batch where state = 'sending' and lease_until < now())),
    'clocks', unheard_clocks(),
    'batches', (select jsonb_object_agg(state, many)
                  from (select state, count(*) as many from mail_batch group by state) b),
    'oldest_unanswered_s', (select extract(epoch from now() - min(answered_at)) from mail_batch
                             where state in ('unknown', 'stopped')),
    'webhook', (select jsonb_build_object('events', count(*), 'lag_avg_s', extract(epoch from avg(received_at - at)),
                                          'lag_max_s', extract(epoch from max(received_at - at)))
                  from mail_event where received_at > now() - interval '5 minutes'))
$$;

alter function engine_state() owner to meldketen_door;
revoke execute on function engine_state() from public;
grant execute on function engine_state() to meldketen_app;
