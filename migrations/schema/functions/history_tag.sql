-- What hides of an entry which subject it is about, from whoever lacks the organisation's secret.
create or replace function history_tag(secret bytea, subject uuid, seq bigint) returns bytea
language sql immutable parallel safe
  as $$
  select sha256(history_subject(secret, subject) || int8send(seq))
$$;
