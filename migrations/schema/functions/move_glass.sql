-- Moves the acts that were done alone to the new register, where they still wait for a review.
create or replace function move_glass(old_register uuid, new_register uuid, breaches uuid[]) returns void
language sql as $$
  insert into broken_glass
  select (jsonb_populate_record(g, jsonb_build_object('organisation_id', new_register))).*
    from broken_glass g join run r on r.organisation_id = g.organisation_id and r.id = g.run_id
   where r.organisation_id = old_register and r.subject_id = any (breaches)
$$;

revoke execute on function move_glass(uuid, uuid, uuid[]) from public;
grant execute on function move_glass(uuid, uuid, uuid[]) to meldketen_door;
