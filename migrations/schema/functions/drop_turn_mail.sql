-- Ends what is written down to mail at the acting organisation: each of these people about the step at the same place
-- of the other array. They cannot do it any more.
create or replace function drop_turn_mail(steps uuid[], people uuid[])
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  with gone as materialized (
    select t.step_id, t.user_id, t.occasion from turn_mail t
      join unnest(steps, people) as n(step_id, user_id) on n.step_id = t.step_id and n.user_id = t.user_id
     where t.organisation_id = acting_organisation() and t.mailed_at is null
     order by t.step_id, t.user_id, t.occasion for update of t skip locked)
  update turn_mail t set mailed_at = now() from gone g
   where t.organisation_id = acting_organisation() and t.step_id = g.step_id and t.user_id = g.user_id
     and t.occasion = g.occasion
$$;

alter function drop_turn_mail(uuid[], uuid[]) owner to meldketen_door;
revoke execute on function drop_turn_mail(uuid[], uuid[]) from public;
grant execute on function drop_turn_mail(uuid[], uuid[]) to meldketen_app;
