-- Returns under which master key a key was wrapped: its first eight bytes; empty when it was wrapped before keys had
-- a label (60 bytes).
create or replace function wrapped_under(wrapped bytea) returns bytea language sql immutable parallel safe as $$
  select case when length(wrapped) > 60 then substr(wrapped, 1, 8) else ''::bytea end
$$;
