-- Begins the breaches of a closed register anew there. What was sent in and decided stays in the history and in the
-- run that is set apart. The facts and moments are those of the office again: a delivery by mail is undone first, so
-- that no moment rests on it. A breach that was left behind there ends, and does not begin anew.
create or replace function open_breaches_anew(office uuid, register uuid) returns void language plpgsql
  set search_path = public, pg_temp as $$
declare
  here constant uuid[] := array(select b.id from breach b
    where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and leads_here(b));
begin
  perform forget_deliveries(register, here);
  perform open_anew(office, register, here);
  perform close_dossiers(register, array(select b.id from breach b
    where b.organisation_id = register and b.processor_id = office and b.origin = 'escalated' and not leads_here(b)));
end $$;

revoke execute on function open_breaches_anew(uuid, uuid) from public;
grant execute on function open_breaches_anew(uuid, uuid) to meldketen_door;
