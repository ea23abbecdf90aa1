-- Takes all that this person must be mailed about, at every organisation where they have a seat, for one mail of the
-- acting organisation. When that is none of those, or its key is gone, only its own rows are taken, so that they are
-- done with. Returns the steps that still wait, the tightest time first. Of another organisation it returns no title:
-- what the mail says is sealed with the acting organisation's key.
create or replace function take_turn_mail(person uuid)
returns table (slug text, organisation text, workflow text, step text, subject_id uuid, breach_id uuid, reference text,
               title text, since timestamptz, until timestamptz, occasion integer, processor text)
language sql volatile security definer set search_path = public, pg_temp as $$
  with mine as materialized (
    select t.organisation_id, t.step_id, t.occasion from turn_mail t
     where t.user_id = person and t.mailed_at is null
       and (t.organisation_id = acting_organisation() or has_living_seat(person, acting_organisation()))
     order by t.organisation_id, t.step_id, t.occasion for update skip locked),
  taken as (
    update turn_mail t set mailed_at = now() from mine m
     where t.organisation_id = m.organisation_id and t.step_id = m.step_id and t.user_id = person
       and t.occasion = m.occasion),
  last as (
    select m.organisation_id, m.step_id, max(m.occasion)::integer as occasion from mine m group by 1, 2)
  select o.slug, o.name, r.workflow, s.name, r.subject_id, b.id, b.reference,
         case when o.id = acting_organisation() then b.title end, s.ready_at, c.alarm_at, l.occasion, b.processor_name
    from last l
    join organisation o on o.id = l.organisation_id
    join step s on s.organisation_id = l.organisation_id and s.id = l.step_id and s.state = 'waiting'
    join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
    left join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id and c.state = 'running'
    left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
    join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
   where has_living_seat(person, l.organisation_id)
   order by c.alarm_at nulls last, o.name, s.id
$$;

alter function take_turn_mail(uuid) owner to meldketen_door;
revoke execute on function take_turn_mail(uuid) from public;
grant execute on function take_turn_mail(uuid) to meldketen_app;
