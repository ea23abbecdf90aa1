-- Returns the people who must be mailed that it is their turn, the first row of each at least so many seconds old, so
-- that what comes together is one mail. `home` is the organisation whose mail it will be: one where they have a seat
-- and that has its key, as long as there is one. Their order is random, so that none is always beyond the limit.
create or replace function people_with_turn_mail(gathered_s integer, most integer)
returns table (user_id uuid, home uuid) language sql volatile security definer set search_path = public, pg_temp as $$
  select w.user_id, (array_agg(w.organisation_id order by not has_living_seat(w.user_id, w.organisation_id),
                                                   w.created_at, w.organisation_id))[1]
    from turn_mail w where w.mailed_at is null
   group by w.user_id having min(w.created_at) <= now() - make_interval(secs => gathered_s)
   order by random() limit most
$$;

alter function people_with_turn_mail(integer, integer) owner to meldketen_door;
revoke execute on function people_with_turn_mail(integer, integer) from public;
grant execute on function people_with_turn_mail(integer, integer) to meldketen_app;
