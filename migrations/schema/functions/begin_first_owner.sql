-- Lets the link of the first owner be written now. Raises when the operator did not allow it, or somebody has a seat
-- already.
create or replace function begin_first_owner(act_id uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'found');
begin
  perform from organisation o where o.id = allowed.organisation_id and o.claimed_at is null for update;
  if not found then
    raise exception 'somebody opened this register' using errcode = 'insufficient_privilege';
  end if;
end $$;

alter function begin_first_owner(uuid) owner to meldketen_door;
revoke execute on function begin_first_owner(uuid) from public;
grant execute on function begin_first_owner(uuid) to meldketen_app;
