-- Returns the contacts, with a mark on those that the office must confirm from this moment: {"led_elsewhere_at"}
-- beside name and address. These are the contacts through which somebody opened this register, or all with an address
-- where no link of theirs is known.
create or replace function mark_contacts(contacts jsonb, addresses text[], since timestamptz) returns jsonb
language sql immutable set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(case
           when coalesce(c.contact->>'email', '') <> ''
                and (addresses is null or lower(trim(c.contact->>'email')) = any (addresses))
           then c.contact || jsonb_build_object('led_elsewhere_at', since) else c.contact end order by c.nth), '[]')
    from jsonb_array_elements(contacts) with ordinality as c(contact, nth)
$$;

revoke execute on function mark_contacts(jsonb, text[], timestamp with time zone) from public;
grant execute on function mark_contacts(jsonb, text[], timestamp with time zone) to meldketen_door;
