-- Does one step of history_chained.
-- state: the hash so far, null at the first. before: the hash of the entry before the first.
create or replace function history_step(state bytea, before bytea, leaf bytea) returns bytea
language plpgsql immutable parallel safe as $$
begin
  return sha256(coalesce(state, before) || leaf);
end $$;
