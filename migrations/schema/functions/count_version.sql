-- Trigger: each change of a row has the next number, whoever makes it, so that nobody overwrites what they did not see.
create or replace function count_version() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
