-- Records delivery events of any organisation, as a set. Which organisation follows from the recipient, never from
-- the message.
-- events: [{"id","m","b","event","at","reason","type"}], `at` in seconds since 1970. Returns the organisations that
-- have something to look at.
create or replace function record_mail_events(events jsonb) returns table (organisation_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  organisations uuid[]; recipients uuid[]; batches uuid[]; kinds text[]; moments timestamptz[]; reasons text[];
  kinds_for_contacts text[]; abouts record;
begin
  with kept as (
    insert into mail_event (organisation_id, sg_event_id, recipient_id, batch_id, event, at, reason)
    select r.organisation_id, x.id, r.id, b.id, x.event, to_timestamp(x.at), x.reason
      from jsonb_to_recordset(events) as x(id text, m uuid, b uuid, event text, at double precision, reason text)
      join recipient r on r.id = x.m
      join mail_batch b on b.organisation_id = r.organisation_id and b.id = x.b
    on conflict do nothing
    returning organisation_id, recipient_id, batch_id, event, at, reason, sg_event_id
  ),
  blocked as (
    select distinct x.id from jsonb_to_recordset(events) as x(id text, event text, type text)
     where x.event = 'bounce' and x.type = 'blocked')
  select array_agg(organisation_id), array_agg(recipient_id), array_agg(batch_id), array_agg(event), array_agg(at),
         array_agg(reason), array_agg(coalesce(case when b.id is not null then 'blocked' end, event))
    into organisations, recipients, batches, kinds, moments, reasons, kinds_for_contacts
    from kept left join blocked b on b.id = kept.sg_event_id;
  if organisations is null then return; end if;

  perform apply_mail_events(organisations, recipients, batches, kinds, moments, reasons);

  for abouts in
    -- Recipients come first, by themselves: in a table that has just grown PostgreSQL expects few rows, and would look
    -- at each recipient of an organisation for each of its runs.
    with mailed as materialized (
      select distinct r.organisation_id, r.about_id, r.purpose
        from unnest(organisations, recipients, kinds) as f(organisation_id, id, event)
        join recipient r on r.organisation_id = f.organisation_id and r.id = f.id
       where f.event in ('delivered', 'bounce', 'dropped') and r.purpose in ('escalation', 'notice'))
    select m.organisation_id, run.id, m.about_id, m.purpose
      from mailed m join run on run.organisation_id = m.organisation_id and run.subject_id = m.about_id
     order by m.organisation_id, run.id  -- as workers lock them
  loop
    if abouts.purpose = 'notice' then
      -- Two posts at the same time would each see the other's reader still on the way, and neither would wake the
      -- notice: one waits.
      perform from run r where r.organisation_id = abouts.organisation_id and r.id = abouts.id for update;
    end if;
    -- From the end of the list: events come about in the order of the sending, so whoever is still on the way stands
    -- there.
    if abouts.purpose = 'notice' and (select r.id from recipient r where r.organisation_id = abouts.organisation_id
         and r.about_id = abouts.about_id and r.purpose = 'notice'
         and r.state = any (array(select name from mail_state where on_the_way))
       order by r.organisation_id desc, r.about_id desc, r.id desc limit 1) is not null then
      continue;
    end if;
    perform wake_steps(abouts.organisation_id, abouts.about_id);
  end loop;
  -- After the runs: whoever corrects a contact may wait for its standing, and a worker with a run for who corrects it.
  perform note_contact_mail(organisations, recipients, kinds_for_contacts, moments, reasons);
  return query select distinct o from unnest(organisations) as o;
end $$;

alter function record_mail_events(jsonb) owner to meldketen_door;
revoke execute on function record_mail_events(jsonb) from public;
grant execute on function record_mail_events(jsonb) to meldketen_app;
