-- Ends a register in which several offices wrote: it goes back to none of them, because each would read what the
-- others wrote. What each office wrote, here and in the registers that were joined into this one, continues where it
-- is accepted or in an unclaimed register of its own, and nobody continues in this one. What an office wrote in a
-- newer register since it was ended here went to those contacts, too.
create or replace function part_offices(r organisation, offices uuid[]) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  whole constant uuid[] := array(select joined_with(r.id));
  office uuid;
  closed uuid;
  leads_to uuid;
  led uuid[];
begin
  foreach office in array offices loop
    update consent set state = 'ended', ended_at = now()  -- else it would lead to this one
     where controller_id = r.id and processor_id = office and state <> 'ended';
    leads_to := register_led_to(office, r, coalesce((select max(a.controller_name) from processing_agreement a
                  where a.processor_id = office and a.controller_id = r.id), r.name));
    perform undo_of_strangers(office, o.id, o.id, came_through(office, r.id))
       from organisation o where o.id = leads_to and o.claimed_at is null;
    led := array(select e.breach_id from escalation e
                  where e.processor_id = office and e.controller_id = any (whole) order by e.id);
    perform lead_all_elsewhere(office, r.id, leads_to, '{}');
    perform word_of_led(leads_to, led);
  end loop;
  foreach closed in array whole loop
    perform end_notices(closed);
    perform close_dossiers(closed, array(select subject_id from run
                                          where organisation_id = closed and state = 'running'));
  end loop;
end $$;

revoke execute on function part_offices(organisation, uuid[]) from public;
grant execute on function part_offices(organisation, uuid[]) to meldketen_door;
