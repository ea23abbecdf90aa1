-- Locks every register with the number of this one (those that were joined into it, those in which its offices
-- continue, and those where they are accepted), and the offices that write in them. An office that opens escalations
-- at this moment finishes first: otherwise its breach would come into a register that nobody uses any more.
create or replace function lock_for_release(at_slug text) returns void
language sql set search_path = public, pg_temp as $$
  with alike as (
    select s.id, s.made_by from organisation o
      join organisation s on s.kvk_number = o.kvk_number or s.id = o.id where o.slug = at_slug)
  select from organisation where id in (
    select unnest(array[s.id, s.made_by]) from alike s
    union select a.processor_id from processing_agreement a join alike s on s.id = a.controller_id
    union select b.processor_id from breach b join alike s on s.id = b.organisation_id)
   order by id for no key update
$$;

revoke execute on function lock_for_release(text) from public;
grant execute on function lock_for_release(text) to meldketen_door;
