-- Returns whether this office may still write about this controller: in its own unclaimed register, or in one that
-- accepts it.
create or replace function may_write_about(office uuid, controller uuid) returns boolean language sql stable as $$
  select exists (
    select from organisation o
     where o.id = controller and o.joined_into is null
       and (o.made_by = office and o.claimed_at is null
            or exists (select from consent c where c.controller_id = controller and c.processor_id = office
                                               and c.state = 'accepted')))
$$;

revoke execute on function may_write_about(uuid, uuid) from public;
grant execute on function may_write_about(uuid, uuid) to meldketen_door;
