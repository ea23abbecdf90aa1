-- Returns the key of one subject, which its own evidence shows, and the tag of one entry about it: no two tags look
-- alike.
create or replace function history_subject(secret bytea, subject uuid) returns bytea
language sql immutable parallel safe as $$
  select sha256(secret || uuid_send(subject))
$$;
