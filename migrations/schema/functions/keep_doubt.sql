-- Trigger: an address that waits for the office's check waits in each agreement with that client, whoever registers
-- it again.
create or replace function keep_doubt() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update processing_agreement a set contacts = mark_contacts(a.contacts, d.addresses, d.since)
    from (select n.processor_id, n.id, array_agg(lower(trim(c->>'email'))) as addresses,
                 max((c->>'led_elsewhere_at')::timestamptz) as since
            from changed n
            join processing_agreement o on o.processor_id = n.processor_id and o.controller_id = n.controller_id
             and o.id <> n.id
           cross join jsonb_array_elements(o.contacts) c
           where c ? 'led_elsewhere_at' group by n.processor_id, n.id) d
   where a.processor_id = d.processor_id and a.id = d.id;
  return null;
end $$;

alter function keep_doubt() owner to meldketen_door;
revoke execute on function keep_doubt() from public;
grant execute on function keep_doubt() to meldketen_app;
