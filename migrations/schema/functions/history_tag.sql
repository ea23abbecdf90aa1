create or replace function history_tag(secret bytea, subject uuid, seq bigint) returns bytea
language sql immutable parallel safe
  as $$
  select sha256(history_subject(secret, subject) || int8send(seq))
$$;
