-- Makes a new organisation that somebody sets up for themselves (the office), outside any other.
create or replace function found_organisation(new_slug text, new_name text, kvk text) returns uuid
language sql security definer set search_path = public, pg_temp as $$
  insert into organisation (slug, name, kvk_number, claimed_at) values (new_slug, new_name, kvk, now()) returning id
$$;

alter function found_organisation(text, text, text) owner to meldketen_door;
revoke execute on function found_organisation(text, text, text) from public;
grant execute on function found_organisation(text, text, text) to meldketen_app;
