create or replace function history_step(state bytea, before bytea, leaf bytea) returns bytea
language plpgsql immutable parallel safe as $$
begin
  return sha256(coalesce(state, before) || leaf);
end $$;
