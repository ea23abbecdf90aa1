-- Returns a person's places. A register that was joined is only read, and only by those who have a seat in the one
-- that continues.
create or replace function memberships_of(who uuid)
returns table (organisation_id uuid, slug text, name text, role text, for_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug, o.name, case when o.joined_into is null then m.role else 'auditor' end, null::uuid
    from membership m join organisation o on o.id = m.organisation_id
   where m.user_id = who
     and (o.joined_into is null
          or exists (select from membership t where t.organisation_id = o.joined_into and t.user_id = who))
  union all
  select o.id, o.slug, o.name, theirs.role, d.of_user
    from membership mine
    join deputy d on d.organisation_id = mine.organisation_id and d.deputy_id = mine.user_id
    join membership theirs on theirs.organisation_id = d.organisation_id and theirs.user_id = d.of_user
    join organisation o on o.id = d.organisation_id and o.joined_into is null
   where mine.user_id = who and d.starts_at <= now() and now() < d.ends_at and d.ended_at is null
   order by 3, 1, 5 nulls first, 4
$$;

alter function memberships_of(uuid) owner to meldketen_door;
revoke execute on function memberships_of(uuid) from public;
grant execute on function memberships_of(uuid) to meldketen_app;
