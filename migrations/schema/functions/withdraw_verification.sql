-- Withdraws the proof of the organisation, on the operator's act with this id, and tells its offices.
create or replace function withdraw_verification(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'withdraw');
begin
  update organisation set verified_at = null, verified_how = null, verified_note = null, web_domains = '{}'
   where id = allowed.organisation_id;
  perform tell_offices_of_verification('client.verification_withdrawn', null);
end $$;

alter function withdraw_verification(uuid) owner to meldketen_door;
revoke execute on function withdraw_verification(uuid) from public;
grant execute on function withdraw_verification(uuid) to meldketen_app;
