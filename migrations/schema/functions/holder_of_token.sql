-- Returns the bearer of this token, with those of its acts that a program may do now, while the token counts and its
-- maker is still a member. It notes the token's use, at most once a minute.
create or replace function holder_of_token(hash bytea)
returns table (organisation_id uuid, token_id uuid, token_name text, scopes text[], user_id uuid, email text,
               locale text,
               slug text, organisation_name text, role text)
language sql volatile security definer set search_path = public, pg_temp as $$
  with used as (
    update api_token set last_used_at = now()
     where token_hash = hash and revoked_at is null and expires_at > now()
       and (last_used_at is null or last_used_at < now() - interval '1 minute'))
  select k.organisation_id, k.id, k.name,
         array(select s from unnest(k.scopes) s where s in (select t.act from token_scope t)),
         u.id, u.email, u.locale, o.slug, o.name, m.role
    from api_token k
    join app_user u on u.id = k.made_by
    join membership m on m.organisation_id = k.organisation_id and m.user_id = k.made_by
    join organisation o on o.id = k.organisation_id
   where k.token_hash = hash and k.revoked_at is null and k.expires_at > now()
$$;

alter function holder_of_token(bytea) owner to meldketen_door;
revoke execute on function holder_of_token(bytea) from public;
grant execute on function holder_of_token(bytea) to meldketen_app;
