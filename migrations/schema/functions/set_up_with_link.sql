-- Founds the first organisation of this installation for whoever holds the link, and admits it as an office: the owner
-- of the database made the link for this. Returns what found_by_operator does, and null when the link opens nothing. Of
-- two people at the same moment one founds: the other waits for the lock, and finds the organisation.
create or replace function set_up_with_link(hash bytea, at_slug text, called text, kvk text, language text, why text)
returns jsonb language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  founded jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('found', 0));
  if not set_up_link_opens(hash) then return null; end if;
  delete from set_up_link;
  founded := found_by_operator(at_slug, called, kvk, language, why, false);
  perform decide_admission(founded ->> 'slug', 'admitted', null, why);
  return founded;
end $$;

alter function set_up_with_link(bytea, text, text, text, text, text) owner to meldketen_door;
revoke execute on function set_up_with_link(bytea, text, text, text, text, text) from public;
grant execute on function set_up_with_link(bytea, text, text, text, text, text) to meldketen_app;
