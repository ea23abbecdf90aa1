-- Returns the organisations with a key under another master key than this one.
create or replace function organisations_to_rewrap(label bytea, most integer) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct k.organisation_id
    from (select o.organisation_id, o.wrapped_key from organisation_key o
          union all select s.organisation_id, s.wrapped_key from signing_key s) k
   where k.wrapped_key is not null and wrapped_under(k.wrapped_key) <> label limit most
$$;

alter function organisations_to_rewrap(bytea, integer) owner to meldketen_door;
revoke execute on function organisations_to_rewrap(bytea, integer) from public;
grant execute on function organisations_to_rewrap(bytea, integer) to meldketen_app;
