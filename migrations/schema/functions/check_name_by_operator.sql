-- Records that the operator compared the name with the trade register. An organisation without a proof is verified by
-- it.
create or replace function check_name_by_operator(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'check_name');
begin
  if exists (select from organisation o where o.id = allowed.organisation_id and o.verified_at is null) then
    perform mark_verified('operator', allowed.note);
  end if;
  update organisation set name_checked = true where id = allowed.organisation_id;
end $$;

alter function check_name_by_operator(uuid) owner to meldketen_door;
revoke execute on function check_name_by_operator(uuid) from public;
grant execute on function check_name_by_operator(uuid) to meldketen_app;
