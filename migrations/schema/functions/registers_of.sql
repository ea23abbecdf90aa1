-- Returns the registers of the clients of this office: the one that accepted it, or else the unclaimed one that it
-- made.
create or replace function registers_of(office uuid, numbers text[]) returns table (kvk_number text, id uuid)
  language sql stable as $$
  select distinct on (o.kvk_number) o.kvk_number, o.id
    from organisation o
    left join consent c on c.controller_id = o.id and c.processor_id = office and c.state = 'accepted'
   where o.kvk_number = any (numbers) and o.joined_into is null
     and (c.state is not null or (o.made_by = office and o.claimed_at is null))
   order by o.kvk_number, c.state is null, o.id
$$;

revoke execute on function registers_of(uuid, text[]) from public;
grant execute on function registers_of(uuid, text[]) to meldketen_door;
