-- A step that has failed: somebody is told, once.
alter table step add column told_at timestamptz;
create index step_untold on step (organisation_id, id) where state = 'failed' and told_at is null;

-- The organisations where a clock process has something to say: a clock's moment has come, or a step has failed.
create or replace function organisations_with_due_clocks(most integer) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select organisation_id from (select organisation_id from clock where next_at <= now() order by next_at limit most) due
  union select organisation_id from step where state = 'failed' and told_at is null
$$;

-- As before, and whoever brings the last of a notice's events sees that it is the last, also when several posts come together.
create or replace function record_mail_events(events jsonb) returns table (organisation_id uuid)
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

  -- An event of one is evidence for its whole batch: SendGrid accepts a request whole or not at all. Also while the answer is
  -- still awaited: its sender then comes too late and writes nothing. Batches before recipients, as every sender locks them.
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
      from jsonb_to_recordset(fresh) as f(organisation_id uuid, recipient_id uuid, event text, at timestamptz, reason text)
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
    if abouts.purpose = 'notice' then
      -- Two posts at the same time would each see the other's reader still on the way, and neither would wake the notice: one waits.
      perform from run r where r.organisation_id = abouts.organisation_id and r.id = abouts.id for update;
    end if;
    if abouts.purpose = 'notice' and exists (select from recipient r where r.organisation_id = abouts.organisation_id
         and r.about_id = abouts.about_id and r.state in ('planned', 'unknown', 'accepted', 'processed', 'deferred')) then
      continue;
    end if;
    perform wake_steps(abouts.organisation_id, abouts.about_id);
  end loop;
  return query select distinct f.organisation_id from jsonb_to_recordset(fresh) as f(organisation_id uuid);
end $$;
