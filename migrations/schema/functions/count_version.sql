-- Trigger: each change of a row has a higher number, whoever makes it, so that nobody overwrites what they did not see.
-- A change that takes over the numbers of other rows gives a higher one than the next.
create or replace function count_version() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.version := greatest(new.version, old.version) + 1;
  return new;
end $$;
