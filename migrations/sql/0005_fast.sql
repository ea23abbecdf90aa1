-- What delivery events come to: of batches that they are accepted, of recipients their state. Called by
-- record_mail_events alone.
create function apply_mail_events(organisations uuid[], recipients uuid[], batches uuid[], kinds text[],
  moments timestamptz[],
                                  reasons text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  -- An event of one is evidence for its whole batch: SendGrid accepts a request whole or not at all. Also while the
  -- answer is
  -- still awaited: its sender then comes too late and writes nothing. Batches before recipients, as every sender locks
  -- them.
  with awaited as materialized (
    select b.organisation_id, b.id from mail_batch b
     where (b.organisation_id, b.id) in (select distinct o, i from unnest(organisations, batches) as f(o, i))
       and b.state in ('sending', 'unknown')
     order by b.organisation_id, b.id for no key update),
  proven as (
    update mail_batch b set state = 'accepted', token = null, lease_until = null, error = null, answered_at = now()
      from awaited a where b.organisation_id = a.organisation_id and b.id = a.id
    returning b.organisation_id, b.id)
  update recipient r set state = 'accepted', state_at = now() from proven p
   where r.organisation_id = p.organisation_id and r.batch_id = p.id and r.state in ('planned', 'unknown');

  -- Of one recipient's events the furthest counts; what is not further than its row is left alone.
  with best as materialized (
    select distinct on (f.organisation_id, f.id) f.organisation_id, f.id, f.at, f.reason, s.state
      from unnest(organisations, recipients, kinds, moments, reasons) as f(organisation_id, id, event, at, reason)
     cross join lateral (select case f.event when 'bounce' then 'bounced' else f.event end as state) s
     where f.event in ('processed', 'deferred', 'delivered', 'bounce', 'dropped')
     order by f.organisation_id, f.id, mail_state_rank(s.state) desc, f.at),
  locked as materialized (
    select r.organisation_id, r.id, best.state, best.at, best.reason
      from best join recipient r on r.organisation_id = best.organisation_id and r.id = best.id
     order by r.organisation_id, r.id for no key update of r)
  update recipient r set state = locked.state, state_at = locked.at, reason = locked.reason
    from locked
   where r.organisation_id = locked.organisation_id and r.id = locked.id
     and mail_state_rank(r.state) < mail_state_rank(locked.state);
end $$;
revoke execute on function apply_mail_events(uuid[], uuid[], uuid[], text[], timestamptz[], text[]) from public;
grant execute on function apply_mail_events(uuid[], uuid[], uuid[], text[], timestamptz[], text[]) to meldketen_door;

-- Delivery events, as a set, of any organisation: which one follows from the recipient, never from the message.
-- events: [{"id","m","b","event","at","reason"}], `at` in seconds since 1970; returns the organisations that have
-- something to look at.
create or replace function record_mail_events(events jsonb) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  organisations uuid[]; recipients uuid[]; batches uuid[]; kinds text[]; moments timestamptz[]; reasons text[];
  abouts record;
begin
  with kept as (
    insert into mail_event (organisation_id, sg_event_id, recipient_id, batch_id, event, at, reason)
    select r.organisation_id, x.id, r.id, b.id, x.event, to_timestamp(x.at), x.reason
      from jsonb_to_recordset(events) as x(id text, m uuid, b uuid, event text, at double precision, reason text)
      join recipient r on r.id = x.m
      join mail_batch b on b.organisation_id = r.organisation_id and b.id = x.b
    on conflict do nothing
    returning organisation_id, recipient_id, batch_id, event, at, reason
  )
  select array_agg(organisation_id), array_agg(recipient_id), array_agg(batch_id), array_agg(event), array_agg(at),
    array_agg(reason)
    into organisations, recipients, batches, kinds, moments, reasons from kept;
  if organisations is null then return; end if;

  perform apply_mail_events(organisations, recipients, batches, kinds, moments, reasons);

  for abouts in
    select distinct r.organisation_id, run.id, r.about_id, r.purpose
      from unnest(organisations, recipients, kinds) as f(organisation_id, id, event)
      join recipient r on r.organisation_id = f.organisation_id and r.id = f.id
      join run on run.organisation_id = r.organisation_id and run.subject_id = r.about_id
     where f.event in ('delivered', 'bounce', 'dropped') and r.purpose in ('escalation', 'notice')
     order by r.organisation_id, run.id  -- as workers lock them
  loop
    if abouts.purpose = 'notice' then
      -- Two posts at the same time would each see the other's reader still on the way, and neither would wake the
      -- notice: one waits.
      perform from run r where r.organisation_id = abouts.organisation_id and r.id = abouts.id for update;
    end if;
    if abouts.purpose = 'notice' and exists (select from recipient r where r.organisation_id = abouts.organisation_id
         and r.about_id = abouts.about_id and r.state in ('planned', 'unknown', 'accepted', 'processed',
           'deferred')) then
      continue;
    end if;
    perform wake_steps(abouts.organisation_id, abouts.about_id);
  end loop;
  return query select distinct o from unnest(organisations) as o;
end $$;
