-- A register that several offices wrote in goes back to none of them: each would read what the others wrote. Each
-- office gets its own again, unclaimed, and nobody goes on in this one. What an office wrote in a newer register
-- since it was ended here was to those contacts, too.
create or replace function part_offices(r organisation) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  left_behind record;
  its_own uuid;
begin
  perform end_notices(r.id);
  for left_behind in
    select office, coalesce((select max(a.controller_name) from processing_agreement a
                              where a.processor_id = office and a.controller_id = r.id), r.name) as called
      from (select c.processor_id as office from consent c where c.controller_id = r.id and c.state = 'accepted'
            union select e.processor_id from escalation e where e.controller_id = r.id
            union select e.processor_id from breach b  -- what nobody was told of when the office was ended here
              join escalation e on e.processor_id = b.processor_id and e.breach_id = b.id
              join organisation o on o.id = e.controller_id and o.claimed_at is null
             where b.organisation_id = r.id and b.origin = 'escalated') offices order by office
  loop
    update consent set state = 'ended', ended_at = now()  -- else its own register would be this one
     where controller_id = r.id and processor_id = left_behind.office and state <> 'ended';
    its_own := register_of(left_behind.office, r.kvk_number, left_behind.called);
    perform undo_of_strangers(left_behind.office, its_own, its_own, came_through(left_behind.office, r.id));
    perform lead_elsewhere(left_behind.office, r.id, its_own, '{}');
  end loop;
  perform close_dossiers(r.id, array(select subject_id from run where organisation_id = r.id and state = 'running'));
end $$;

revoke execute on function part_offices(organisation) from public;
grant execute on function part_offices(organisation) to meldketen_door;
