-- Verifies the organisation, on the operator's act with this id; the act's note says what the operator saw.
create or replace function verify_by_operator(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'verify');
begin
  perform mark_verified('operator', allowed.note);
end $$;

alter function verify_by_operator(uuid) owner to meldketen_door;
revoke execute on function verify_by_operator(uuid) from public;
grant execute on function verify_by_operator(uuid) to meldketen_app;
