-- Returns the role in which a person has a seat in an organisation at this moment, or the role of the colleague for
-- whom they stand in; null when they have no such seat. The seat stays as it is until the end of the transaction.
create or replace function role_held(organisation uuid, who uuid, whom uuid) returns text
language sql volatile set search_path = public, pg_temp as $$
  select theirs.role
    from membership own
    join membership theirs on theirs.organisation_id = own.organisation_id and theirs.user_id = coalesce(whom, who)
   where own.organisation_id = organisation and own.user_id = who
     and (whom is null or exists (
            select from deputy d
             where d.organisation_id = organisation and d.of_user = whom and d.deputy_id = who
                and d.starts_at <= now() and now() < d.ends_at and d.ended_at is null))
   for share of own, theirs
$$;

revoke execute on function role_held(uuid, uuid, uuid) from public;
grant execute on function role_held(uuid, uuid, uuid) to meldketen_app;
