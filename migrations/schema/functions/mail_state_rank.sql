-- A recipient's state only grows, in whatever order the events arrive.
create or replace function mail_state_rank(state text) returns integer language sql immutable parallel safe as $$
  select case state when 'planned' then 0 when 'unknown' then 1 when 'accepted' then 2
                    when 'processed' then 3 when 'deferred' then 4
                    when 'unconfirmed' then 5 when 'delivered' then 6 else 7 end
$$;
