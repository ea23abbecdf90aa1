-- Returns which provider the login page of an organisation names. It reveals nothing of an organisation without one.
create or replace function provider_at(at_slug text)
returns table (organisation_id uuid, organisation_name text, provider_name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name, p.name from organisation o join identity_provider p on p.organisation_id = o.id
   where o.slug = at_slug
$$;

alter function provider_at(text) owner to meldketen_door;
revoke execute on function provider_at(text) from public;
grant execute on function provider_at(text) to meldketen_app;
