-- Marks the number of this organisation as proven. Its own history and that of each office records it, and its people
-- are told of registers with that number that others opened.
create or replace function mark_verified(how text, note text) returns void
language plpgsql volatile set search_path = public, pg_temp as $$
begin
  update organisation set verified_at = now(), verified_how = how, verified_note = note
   where id = acting_organisation();
  perform tell_offices_of_verification('client.verified', how);
  perform word_of_waiting(me) from organisation me where me.id = acting_organisation();
end $$;

revoke execute on function mark_verified(text, text) from public;
grant execute on function mark_verified(text, text) to meldketen_door;
