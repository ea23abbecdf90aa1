-- Applies delivery events: batches become accepted, and recipients get their state. Only record_mail_events calls it.
-- kinds: SendGrid's words for what happened. The arrays are columns: place n of each is about one event.
create or replace function apply_mail_events(organisations uuid[], recipients uuid[], batches uuid[], kinds text[],
                                             moments timestamptz[], reasons text[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  -- An event of one is evidence for its whole batch: SendGrid accepts a request whole or not at all. Also while the
  -- answer is still awaited: its sender then comes too late and writes nothing. Batches before recipients, as every
  -- sender locks them.
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
   where r.organisation_id = p.organisation_id and r.batch_id = p.id
     and r.state = any (array(select name from mail_state where on_the_way and not awaits_event));

  -- Of one recipient's events the furthest counts; what is not further than its row is left alone.
  -- What a state overtakes is listed once per state, not looked up once per recipient.
  with further as materialized (
    select s.name, s.rank, array(select before.name from mail_state before where before.rank < s.rank) as overtakes
      from mail_state s),
  best as materialized (
    select distinct on (f.organisation_id, f.id) f.organisation_id, f.id, f.at, f.reason, s.name as state, s.overtakes
      from unnest(organisations, recipients, kinds, moments, reasons) as f(organisation_id, id, event, at, reason)
      join further s on s.name = case f.event when 'bounce' then 'bounced' else f.event end
     where f.event in ('processed', 'deferred', 'delivered', 'bounce', 'dropped')
     order by f.organisation_id, f.id, s.rank desc, f.at),
  -- Whoever shares the address was greeted by the same mail.
  people as materialized (
    select * from best
    union all
    select r.organisation_id, r.id, best.at, best.reason, best.state, best.overtakes
      from best join recipient r on r.organisation_id = best.organisation_id and r.mailed_with = best.id),
  locked as materialized (
    select r.organisation_id, r.id, people.state, people.overtakes, people.at, people.reason
      from people join recipient r on r.organisation_id = people.organisation_id and r.id = people.id
     order by r.organisation_id, r.id for no key update of r)
  update recipient r set state = locked.state, state_at = locked.at, reason = locked.reason
    from locked
   where r.organisation_id = locked.organisation_id and r.id = locked.id
     and r.state = any (locked.overtakes);
end $$;

revoke execute on function apply_mail_events(uuid[], uuid[], uuid[], text[], timestamp with time zone[], text[])
  from public;
grant execute on function apply_mail_events(uuid[], uuid[], uuid[], text[], timestamp with time zone[], text[])
  to meldketen_door;
