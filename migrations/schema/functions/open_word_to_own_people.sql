-- Tells a register's own people, where it is in use, beside the contacts that the office knows; and the people of a
-- verified organisation that this office still asks to be accepted.
create or replace function open_word_to_own_people(plan jsonb, hits controller_hit[]) returns void language sql as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    select h.controller_id, plan#>>'{own_people,workflow}', (plan#>>'{own_people,version}')::integer, h.breach_id
      from unnest(hits) h join organisation o on o.id = h.controller_id
     where o.claimed_at is not null and plan ? 'own_people'
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, plan#>>'{own_people,step}', 'job', 'ready' from told;
  select word_to_asked(array_agg(h.breach_id), array_agg(h.controller_id)) from unnest(hits) h
$$;

revoke execute on function open_word_to_own_people(jsonb, controller_hit[]) from public;
grant execute on function open_word_to_own_people(jsonb, controller_hit[]) to meldketen_door;
