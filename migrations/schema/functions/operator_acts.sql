-- Returns the operator's acts. Only the owner of the database may call this, not a holder of the app's password.
create or replace function operator_acts(for_organisation uuid, what text, why text, about uuid) returns uuid
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into operator_act (organisation_id, act, note, about_id) values (for_organisation, what, why, about)
  returning id
$$;

alter function operator_acts(uuid, text, text, uuid) owner to meldketen_door;
revoke execute on function operator_acts(uuid, text, text, uuid) from public;
grant execute on function operator_acts(uuid, text, text, uuid) to meldketen_owner;
