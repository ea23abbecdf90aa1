-- Begins the same workflow again from its first step, with its clocks running from where they ran: a moment that is
-- past is heard. A moment that rests on what somebody stated or moved there does not come along.
create or replace function open_run_anew(r run) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform set_run_apart(r);
  perform open_stated_run(r, r.organisation_id, (select rests_on_office(b) from breach b
    where b.organisation_id = r.organisation_id and b.id = r.subject_id));
end $$;

revoke execute on function open_run_anew(run) from public;
grant execute on function open_run_anew(run) to meldketen_door;
