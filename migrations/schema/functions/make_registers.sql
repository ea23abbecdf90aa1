-- Makes unclaimed registers. The end of an address is random, so that nobody learns whether somebody has that address
-- already.
create or replace function make_registers(office uuid, clients jsonb) returns void language sql as $$
  insert into organisation (slug, name, kvk_number, financial_undertaking, made_by)
  select distinct on (c.kvk_number) left(c.slug, 50) || '-' || encode(substr(uuid_send(gen_random_uuid()), 1, 4),
    'hex'), c.name,
         c.kvk_number, c.financial_undertaking, office
    from jsonb_to_recordset(clients) as c(slug text, name text, kvk_number text, financial_undertaking boolean)
   where c.kvk_number not in (select r.kvk_number
           from registers_of(office, array(select x->>'kvk_number' from jsonb_array_elements(clients) x)) r)
   order by c.kvk_number
  on conflict (made_by, kvk_number) where claimed_at is null and joined_into is null do nothing
$$;

revoke execute on function make_registers(uuid, jsonb) from public;
grant execute on function make_registers(uuid, jsonb) to meldketen_door;
