-- Every queue chooses organisations first and rows second: a heap of rows that fail never hides what others have.
-- A clock that cannot be heard waits by itself, longer each time; `next_at` is then when it is tried again.
alter table clock
  add column attempt integer not null default 0,       -- how often in a row it could not be heard
  add column error text,                               -- what sort of fault it was
  add column failed_at timestamptz,                    -- since when people see to it; it is tried again all the same
  add column told_at timestamptz;                      -- when they were told
create index clock_put_off on clock (organisation_id, id) where attempt > 0;
create index clock_untold on clock (organisation_id, id) where failed_at is not null and told_at is null;
create index notice_to_look_at_of_organisation on notice (organisation_id, look_at) where look_at is not null;

-- The organisations where a clock process has something to say: a clock's moment has come, a step or a clock has
-- failed, or a notice's readers may have gone unheard. Who comes first is chance, so that nobody is always beyond the
-- end.
create or replace function organisations_with_due_clocks(most integer) returns table (organisation_id uuid)
language sql volatile security definer set search_path = public, pg_temp as $$
  select due.organisation_id from (
    select organisation_id from clock where next_at <= now()
    union select organisation_id from step where state = 'failed' and told_at is null
    union select organisation_id from clock where state = 'running' and failed_at is not null and told_at is null
    union select organisation_id from notice where look_at <= now()) due
   order by random() limit most
$$;

-- Each organisation that has something ready now. It leaps from one to the next, however many rows each has.
create function organisations_with_work() returns table (organisation_id uuid)
language sql stable set search_path = public, pg_temp as $$
  with recursive with_steps as (
    (select s.organisation_id as id from step s where s.state = 'ready' order by s.organisation_id limit 1)
    union all
    select (select s.organisation_id from step s where s.state = 'ready' and s.organisation_id > w.id
             order by s.organisation_id limit 1) from with_steps w where w.id is not null),
  with_mail as (
    (select b.organisation_id as id from mail_batch b where b.state = 'planned' order by b.organisation_id limit 1)
    union all
    select (select b.organisation_id from mail_batch b where b.state = 'planned' and b.organisation_id > w.id
             order by b.organisation_id limit 1) from with_mail w where w.id is not null)
  select id from with_steps w where exists (
    select from step s where s.organisation_id = w.id and s.state = 'ready' and s.ready_at <= now())
  union
  select id from with_mail w where exists (
    select from mail_batch b where b.organisation_id = w.id and b.state = 'planned' and b.not_before <= now())
$$;

-- Lapsed leases of one organisation: steps are ready again, and of mail nobody knows whether the call arrived.
create function free_lapsed(office uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  with lapsed as materialized (
    select id from step where organisation_id = office and state = 'running' and lease_until < now()
     order by id limit 1000 for update skip locked)
  update step s set state = case when s.attempt >= 8 then 'failed' else 'ready' end, lease_token = null,
                    lease_until = null, ready_at = now(), error = 'lease lapsed'
   where s.organisation_id = office and s.id = any (array(select id from lapsed));
  -- It is never planned again by a machine.
  with lapsed as materialized (
    select id from mail_batch where organisation_id = office and state = 'sending' and lease_until < now()
     order by id limit 1000 for update skip locked),
  unknown as (
    update mail_batch b set state = 'unknown', token = null, lease_until = null, error = 'lease lapsed',
                            answered_at = now()
     where b.organisation_id = office and b.id = any (array(select id from lapsed))
    returning b.id)
  update recipient r set state = 'unknown', state_at = now() from unknown u
   where r.organisation_id = office and r.batch_id = u.id and r.state = 'planned';
end $$;

-- Each second, by any clock process or worker: lapsed leases, and the organisations that have something to do.
create or replace function sweep(most integer) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  office uuid;
begin
  for office in
    select lapsed.organisation_id from (
      select organisation_id from step where state = 'running' and lease_until < now()
      union select organisation_id from mail_batch where state = 'sending' and lease_until < now()) lapsed
     order by random() limit most
  loop
    begin
      perform free_lapsed(office);
    exception when others then  -- its leases stay lapsed, which the figures show; those of others are freed
      raise warning 'leases not freed: %', sqlstate;
    end;
  end loop;
  return query select w.organisation_id from organisations_with_work() w order by random() limit most;
end $$;

-- Clocks that should have been heard by now. One that was put off is due since the moment at which it should have been.
create function unheard_clocks() returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('due', count(*), 'failed', count(*) filter (where failed_at is not null),
                            'late_s', extract(epoch from now() - min(least(moments[heard + 1], next_at))))
    from (select moments, heard, next_at, failed_at from clock where next_at <= now()
          union all
          select moments, heard, next_at, failed_at from clock where attempt > 0 and next_at > now()) unheard
$$;
-- Numbers over all organisations: how the engine stands. No organisation, no person, no id comes out of here.
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

do $$
declare
  door text;
begin
  foreach door in array array['organisations_with_work()', 'free_lapsed(uuid)', 'unheard_clocks()'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_door', door);
  end loop;
end $$;
