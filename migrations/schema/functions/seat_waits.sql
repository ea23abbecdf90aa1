-- Returns whether this person must wait: with a seat or second factor that does not count yet, or as a deputy who
-- must wait, somebody approves, submits and releases nothing, and breaks no glass.
create or replace function seat_waits(organisation uuid, who uuid, whom uuid) returns boolean language sql stable as $$
  select exists (select from membership m where m.organisation_id = organisation and m.user_id in (who, whom)
    and m.counts_from > now())
      or exists (select from deputy d where d.organisation_id = organisation and d.deputy_id = who and d.of_user = whom
                    and d.starts_at <= now() and now() < d.ends_at and d.ended_at is null and d.counts_from > now())
$$;
