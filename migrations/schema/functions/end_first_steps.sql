-- Puts the list of first steps of the acting organisation away, for every owner. Returns whether it was not put away
-- before.
create or replace function end_first_steps() returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update organisation set first_steps_closed_at = now()
   where id = acting_organisation() and first_steps_closed_at is null;
  return found;
end $$;

alter function end_first_steps() owner to meldketen_door;
revoke execute on function end_first_steps() from public;
grant execute on function end_first_steps() to meldketen_app;
