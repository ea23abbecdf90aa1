-- Tells the people of a register that is in use of each breach that came into it, as of a new message: a machine's
-- step there, of workflows/escalation/own_people.py, mails them.
create or replace function word_of_led(register uuid, breaches uuid[]) returns void
language sql set search_path = public, pg_temp as $$
  with told as (
    insert into run (organisation_id, workflow, version, subject_id)
    select o.id, 'own_people', 1, b.id from organisation o join breach b on b.organisation_id = o.id
     where o.id = register and o.claimed_at is not null and b.id = any (breaches) order by b.id
    on conflict (organisation_id, subject_id, workflow) do nothing
    returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told
$$;

revoke execute on function word_of_led(uuid, uuid[]) from public;
grant execute on function word_of_led(uuid, uuid[]) to meldketen_door;
