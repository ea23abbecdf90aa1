-- Returns the tag of an entry: without the organisation's secret nobody sees which subject it is about.
create or replace function history_tag(secret bytea, subject uuid, seq bigint) returns bytea
language sql immutable parallel safe
  as $$
  select sha256(history_subject(secret, subject) || int8send(seq))
$$;
