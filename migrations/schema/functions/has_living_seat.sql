-- Returns whether this person has a seat at this organisation, whose key was not destroyed: where it was,
-- nothing can be done or mailed.
create or replace function has_living_seat(person uuid, organisation uuid) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (select from membership m where m.organisation_id = organisation and m.user_id = person)
    and not exists (select from organisation_key k where k.organisation_id = organisation
                                                     and k.destroyed_at is not null)
$$;

revoke execute on function has_living_seat(uuid, uuid) from public;
grant execute on function has_living_seat(uuid, uuid) to meldketen_door;
