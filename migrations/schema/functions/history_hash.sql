-- Returns the hash that an entry must have after the one with this hash, if its number is this one.
create or replace function history_hash(before bytea, h history, number bigint, s history_seal) returns bytea
  language sql stable parallel safe as $$
  select sha256(coalesce(before, ''::bytea) || history_leaf(h, number, s))
$$;
