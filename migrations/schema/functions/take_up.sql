-- Takes up what the operator allowed for the acting organisation. Raises when there is no such act (any more).
create or replace function take_up(act_id uuid, what text) returns operator_act
language plpgsql volatile set search_path = public, pg_temp as $$
declare
  taken operator_act;
begin
  update operator_act a set used_at = now()
   where a.organisation_id = acting_organisation() and a.id = act_id and a.act = what and a.used_at is null
     and a.created_at > now() - interval '1 minute'
  returning * into taken;
  if not found then raise exception 'the operator did not allow this' using errcode = 'insufficient_privilege'; end if;
  return taken;
end $$;

revoke execute on function take_up(uuid, text) from public;
grant execute on function take_up(uuid, text) to meldketen_door;
