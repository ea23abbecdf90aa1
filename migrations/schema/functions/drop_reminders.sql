-- Drops reminders that wait to go to the people of a register that a stranger opened: none of them is there any more.
-- Their batches end by themselves, because nobody is left to mail.
create or replace function drop_reminders(register uuid) returns void language sql
  set search_path = public, pg_temp as $$
  update recipient set state = 'dropped', state_at = now(), reason = 'no member any more'
   where organisation_id = register and purpose = 'reminder' and state = 'planned'
$$;

revoke execute on function drop_reminders(uuid) from public;
grant execute on function drop_reminders(uuid) to meldketen_door;
