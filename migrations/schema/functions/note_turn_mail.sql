-- Writes down for the acting organisation who must be mailed about which step, for which occasion (three arrays, one
-- place in each for a mail), and when to look at each of the steps `due` again; never again where `next` has null.
-- Where the organisation's key is gone nobody is mailed.
create or replace function note_turn_mail(steps uuid[], people uuid[], occasions integer[], due uuid[],
                                          next timestamptz[])
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  insert into turn_mail (organisation_id, step_id, user_id, occasion)
  select acting_organisation(), n.step_id, n.user_id, n.occasion
    from unnest(steps, people, occasions) as n(step_id, user_id, occasion)
   where has_living_seat(n.user_id, acting_organisation())
   order by n.step_id, n.user_id on conflict do nothing;
  update step s set turn_at = n.at from unnest(due, next) as n(step_id, at)
   where s.organisation_id = acting_organisation() and s.id = n.step_id
$$;

alter function note_turn_mail(uuid[], uuid[], integer[], uuid[], timestamptz[]) owner to meldketen_door;
revoke execute on function note_turn_mail(uuid[], uuid[], integer[], uuid[], timestamptz[]) from public;
grant execute on function note_turn_mail(uuid[], uuid[], integer[], uuid[], timestamptz[]) to meldketen_app;
