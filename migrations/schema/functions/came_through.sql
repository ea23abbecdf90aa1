-- Returns the addresses through which somebody came to a register of this office, or to one that is joined with it;
-- null: none of these is the address of a contact. The office's agreements may lead to a newer register of that
-- number, where the stranger ended it.
create or replace function came_through(office uuid, register uuid) returns text[] language sql stable
  set search_path = public, pg_temp as $$
  with used as (
    select array_agg(distinct lower(trim(i.email))) as addresses from invitation i
     where i.organisation_id in (select joined_with(register) union select register)
       and i.breach_id is not null and i.used_at is not null)
  select used.addresses from used
   where exists (select from processing_agreement a join organisation o on o.id = a.controller_id
                   cross join jsonb_array_elements(a.contacts) c
                  where a.processor_id = office
                    and (o.id = register
                         or o.kvk_number = (select r.kvk_number from organisation r where r.id = register))
                    and lower(trim(c->>'email')) = any (used.addresses))
$$;

revoke execute on function came_through(uuid, uuid) from public;
grant execute on function came_through(uuid, uuid) to meldketen_door;
