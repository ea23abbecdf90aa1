-- Returns the organisations that have a history: one, by its slug, or all. It reveals no content.
create or replace function organisations_with_history(wanted text) returns table (organisation_id uuid, slug text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug from organisation o where wanted is null or o.slug = wanted order by o.slug
$$;

alter function organisations_with_history(text) owner to meldketen_door;
revoke execute on function organisations_with_history(text) from public;
grant execute on function organisations_with_history(text) to meldketen_app;
