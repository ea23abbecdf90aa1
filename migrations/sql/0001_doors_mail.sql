-- What comes from outside all organisations: delivery events, the clock's sweep, a reader's question.

-- A recipient's state only grows, in whatever order the events arrive.
create function mail_state_rank(state text) returns integer language sql immutable parallel safe as $$
  select case state when 'planned' then 0 when 'unknown' then 1 when 'accepted' then 2 when 'processed' then 3
    when 'deferred' then 4
                    when 'delivered' then 5 else 6 end
$$;

-- Delivery events, as a set, of any organisation: which one follows from the recipient, never from the message.
-- events: [{"id","m","b","event","at","reason"}]; returns the organisations that have something to look at.
create function record_mail_events(events jsonb) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  fresh jsonb;
  abouts record;
begin
  with kept as (
    insert into mail_event (organisation_id, sg_event_id, recipient_id, batch_id, event, at, reason)
    select distinct on (r.organisation_id, x.id) r.organisation_id, x.id, r.id, b.id, x.event, x.at, x.reason
      from jsonb_to_recordset(events) as x(id text, m uuid, b uuid, event text, at timestamptz, reason text)
      join recipient r on r.id = x.m
      join mail_batch b on b.organisation_id = r.organisation_id and b.id = x.b
     order by r.organisation_id, x.id
    on conflict do nothing
    returning organisation_id, recipient_id, batch_id, event, at, reason
  )
  select jsonb_agg(kept) into fresh from kept;
  if fresh is null then return; end if;

  -- An event of one is evidence for its whole batch: SendGrid accepts a request whole or not at all. Also while the
  -- answer is
  -- still awaited: its sender then comes too late and writes nothing. Batches before recipients, as every sender locks
  -- them.
  with awaited as materialized (
    select b.organisation_id, b.id from mail_batch b
     where (b.organisation_id, b.id) in (select f.organisation_id, f.batch_id
                                           from jsonb_to_recordset(fresh) as f(organisation_id uuid, batch_id uuid))
       and b.state in ('sending', 'unknown')
     order by b.organisation_id, b.id for no key update),
  proven as (
    update mail_batch b set state = 'accepted', token = null, lease_until = null, error = null, answered_at = now()
      from awaited a where b.organisation_id = a.organisation_id and b.id = a.id
    returning b.organisation_id, b.id)
  update recipient r set state = 'accepted', state_at = now() from proven p
   where r.organisation_id = p.organisation_id and r.batch_id = p.id and r.state in ('planned', 'unknown');

  with best as materialized (
    select distinct on (f.organisation_id, f.recipient_id) f.organisation_id, f.recipient_id, f.at, f.reason, s.state
      from jsonb_to_recordset(fresh) as f(organisation_id uuid, recipient_id uuid, event text, at timestamptz,
        reason text)
     cross join lateral (select case f.event when 'bounce' then 'bounced' else f.event end as state) s
     where f.event in ('processed', 'deferred', 'delivered', 'bounce', 'dropped')
     order by f.organisation_id, f.recipient_id, mail_state_rank(s.state) desc, f.at),
  locked as materialized (
    select r.organisation_id, r.id from recipient r
     where (r.organisation_id, r.id) in (select b.organisation_id, b.recipient_id from best b)
     order by r.organisation_id, r.id for no key update)
  update recipient r set state = best.state, state_at = best.at, reason = best.reason
    from best join locked l on l.organisation_id = best.organisation_id and l.id = best.recipient_id
   where r.organisation_id = best.organisation_id and r.id = best.recipient_id
     and mail_state_rank(r.state) < mail_state_rank(best.state);

  for abouts in
    select distinct r.organisation_id, run.id, r.about_id, r.purpose
      from jsonb_to_recordset(fresh) as f(organisation_id uuid, recipient_id uuid, event text)
      join recipient r on r.organisation_id = f.organisation_id and r.id = f.recipient_id
      join run on run.organisation_id = r.organisation_id and run.subject_id = r.about_id
     where f.event in ('delivered', 'bounce', 'dropped') and r.purpose in ('escalation', 'notice')
     order by r.organisation_id, run.id  -- as workers lock them
  loop
    if abouts.purpose = 'notice' and exists (select from recipient r where r.organisation_id = abouts.organisation_id
         and r.about_id = abouts.about_id and r.state in ('planned', 'unknown', 'accepted', 'processed',
           'deferred')) then
      continue;
    end if;
    perform wake_steps(abouts.organisation_id, abouts.about_id);
  end loop;
  return query select distinct f.organisation_id from jsonb_to_recordset(fresh) as f(organisation_id uuid);
end $$;

-- Each second, by any clock process: lapsed leases, and the organisations that have something to do.
create function sweep(most integer) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  with lapsed as materialized (
    select id from step where state = 'running' and lease_until < now() order by id limit 1000 for update skip locked)
  update step s set state = case when s.attempt >= 8 then 'failed' else 'ready' end, lease_token = null,
    lease_until = null,
                    ready_at = now(), error = 'lease lapsed'
   where s.id = any (array(select id from lapsed)) and s.state = 'running' and s.lease_until < now();
  -- Nobody knows whether this call arrived: it is never planned again by a machine.
  with lapsed as materialized (
    select id from mail_batch where state = 'sending' and lease_until < now() order by id limit 1000
      for update skip locked),
  unknown as (
    update mail_batch b set state = 'unknown', token = null, lease_until = null, error = 'lease lapsed',
      answered_at = now()
     where b.id = any (array(select id from lapsed)) and b.state = 'sending' and b.lease_until < now()
    returning b.organisation_id, b.id)
  update recipient r set state = 'unknown', state_at = now() from unknown u
   where r.organisation_id = u.organisation_id and r.batch_id = u.id and r.state = 'planned';
  return query
    select w.organisation_id from (
      select s.organisation_id from step s where s.state = 'ready' and s.ready_at <= now()
      union select b.organisation_id from mail_batch b where b.state = 'planned' and b.not_before <= now()) w
    order by random() limit most;
end $$;

-- The organisations with a clock that must be heard now.
create function organisations_with_due_clocks(most integer) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct organisation_id from (select organisation_id from clock where next_at <= now()
    order by next_at limit most) due
$$;

-- "Is this message genuine?": the public page asks by the code in the message.
create function notice_with_code(code text) returns table (organisation_name text, subject text, sent_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, n.subject, n.sent_at from notice n join organisation o on o.id = n.organisation_id
   where n.check_code = upper(trim(code)) and n.sent_at is not null
$$;
