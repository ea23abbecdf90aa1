-- Returns a name in the one form in which two spellings are compared: capitals and the space around words do not
-- matter.
create or replace function as_one_name(name text) returns text language sql immutable as $$
  select lower(trim(regexp_replace(normalize(name, NFKC), '\s+', ' ', 'g')))
$$;

revoke execute on function as_one_name(text) from public;
grant execute on function as_one_name(text) to meldketen_door;
