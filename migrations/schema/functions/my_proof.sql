-- Returns what proves the number and the name of the acting organisation; null: no organisation is acting.
create or replace function my_proof() returns jsonb
language sql stable security definer set search_path = public, pg_temp as $$
  select proof_of(o) from organisation o where o.id = acting_organisation()
$$;

alter function my_proof() owner to meldketen_door;
revoke execute on function my_proof() from public;
grant execute on function my_proof() to meldketen_app;
