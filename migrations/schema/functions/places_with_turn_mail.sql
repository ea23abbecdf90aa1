-- Returns the organisations of which a step is written down to mail one of these people about.
create or replace function places_with_turn_mail(people uuid[])
returns setof uuid language sql volatile security definer set search_path = public, pg_temp as $$
  select distinct t.organisation_id from turn_mail t
   where t.user_id = any(people) and t.mailed_at is null order by t.organisation_id
$$;

alter function places_with_turn_mail(uuid[]) owner to meldketen_door;
revoke execute on function places_with_turn_mail(uuid[]) from public;
grant execute on function places_with_turn_mail(uuid[]) to meldketen_app;
