-- The register, the offices that write in it (one that opens escalations at this moment ends first, or its breach would
-- come into the register that nobody goes on in), and the newer register of its office, which goes on in this one.
create or replace function lock_for_release(at_slug text) returns void
language sql set search_path = public, pg_temp as $$
  select from organisation where id in (
    select unnest(array[o.id, o.made_by]) from organisation o where o.slug = at_slug
    union select a.processor_id from processing_agreement a join organisation o on o.id = a.controller_id
           where o.slug = at_slug
    union select b.processor_id from breach b join organisation o on o.id = b.organisation_id where o.slug = at_slug
    union select n.id from organisation o join organisation n on n.made_by = o.made_by and n.kvk_number = o.kvk_number
           where o.slug = at_slug and n.claimed_at is null and n.joined_into is null)
   order by id for no key update
$$;

revoke execute on function lock_for_release(text) from public;
grant execute on function lock_for_release(text) to meldketen_door;
