-- Returns whether another register of this office and number was opened by somebody who proved nothing. A register
-- that nobody is in any more was closed, and leaves no doubt. A register all of whose people are people here too, and
-- all of whose owners are owners here, with seats that count, is this organisation's own. Shared owners alone are not
-- enough: a stranger may have let somebody from here in as an owner there, and may have lowered their own seat since.
create or replace function is_in_doubt(office uuid, register uuid) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (
    select from organisation me join organisation o on o.kvk_number = me.kvk_number and o.id <> me.id
     where me.id = register and o.claimed_at is not null and o.verified_at is null and o.joined_into is null
       and exists (select from membership m where m.organisation_id = o.id)
       and (not exists (select from membership m where m.organisation_id = o.id and m.role = 'owner')
            or exists (select from membership m
                        where m.organisation_id = o.id and (m.role = 'owner' or coalesce(m.counts_from, now()) <= now())
                          and not exists (select from membership mine
                                           where mine.organisation_id = me.id and mine.user_id = m.user_id
                                             and (m.role <> 'owner' or mine.role = 'owner')
                                             and coalesce(mine.counts_from, now()) <= now())))
       and (o.made_by = office
            or exists (select from consent c where c.controller_id = o.id and c.processor_id = office)))
$$;

revoke execute on function is_in_doubt(uuid, uuid) from public;
grant execute on function is_in_doubt(uuid, uuid) to meldketen_door;
