-- Returns whether a review by this person must wait. The reviewer of what was done alone must not be somebody whom
-- its doer let in for it: a seat waits a day for that, on an organisation's first day too, unless another owner
-- agreed to it; and a seat or a second factor that does not count yet reviews nothing.
create or replace function review_waits(organisation uuid, glass broken_glass, who uuid) returns boolean
language sql stable as $$
  select exists (
    select from membership m
     where m.organisation_id = organisation and m.user_id = who and m.given_by is not null
       and m.created_at > now() - interval '1 day'
       and (m.agreed_at is null
            or m.given_by in (glass.by_user, glass.by_for) and m.created_at >= glass.created_at))
$$;
