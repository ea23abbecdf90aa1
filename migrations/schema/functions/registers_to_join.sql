-- Returns the registers with the number of the acting organisation that this user owns beside that of the acting
-- organisation. is_office: it has agreements as a processor, or with the acting organisation as one; those do not
-- move.
-- loses_proof: its number is proven, and that of the acting organisation is not.
-- without_place: its people who have no place in the acting organisation, and its owners who are no owner there yet.
create or replace function registers_to_join(owner_of_both uuid) returns table (
  register uuid, name text, slug text, open_dossiers bigint, is_office boolean, loses_proof boolean,
  without_place bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query select o.id, o.name, o.slug,
         (select count(*) from run r where r.organisation_id = o.id and r.state = 'running' and r.workflow <> 'news'),
         exists (select from processing_agreement a
                  where a.processor_id = o.id or (a.controller_id = o.id and a.processor_id = me.id)),
         o.verified_at is not null and me.verified_at is null,
         (select count(*) from membership m where m.organisation_id = o.id and not exists (
            select from membership t where t.organisation_id = me.id and t.user_id = m.user_id
               and (m.role <> 'owner' or t.role = 'owner' and coalesce(t.counts_from, '-infinity') <= now())))
    from organisation me
    join organisation o on o.kvk_number = me.kvk_number and o.id <> me.id
   where me.id = acting_organisation() and me.claimed_at is not null and me.joined_into is null
     and o.claimed_at is not null and o.joined_into is null
     and (select count(*) from membership m
           where m.user_id = owner_of_both and m.organisation_id in (me.id, o.id) and m.role = 'owner'
             and coalesce(m.counts_from, '-infinity') <= now()) = 2
   order by o.name, o.id;
end $$;

alter function registers_to_join(uuid) owner to meldketen_door;
revoke execute on function registers_to_join(uuid) from public;
grant execute on function registers_to_join(uuid) to meldketen_app;
