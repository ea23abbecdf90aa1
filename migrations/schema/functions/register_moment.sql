-- Returns what stands in the register of a breach: each entry about the breach bears its hash, so the register
-- follows from the chain. Moments are microseconds since 1970.
create or replace function register_moment(at timestamptz) returns bigint language sql immutable parallel safe as $$
  select (extract(epoch from at) * 1000000)::bigint
$$;
