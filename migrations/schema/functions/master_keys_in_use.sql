-- Returns, for each master key that is still in use, one key under it, to see whether it can be opened.
create or replace function master_keys_in_use() returns table (label bytea, organisation_id uuid, wrapped_key bytea)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (wrapped_under(k.wrapped_key)) wrapped_under(k.wrapped_key), k.organisation_id, k.wrapped_key
    from (select k.organisation_id, k.wrapped_key from organisation_key k
          union all select s.organisation_id, s.wrapped_key from signing_key s) k
   where k.wrapped_key is not null order by 1
$$;

alter function master_keys_in_use() owner to meldketen_door;
revoke execute on function master_keys_in_use() from public;
grant execute on function master_keys_in_use() to meldketen_app;
