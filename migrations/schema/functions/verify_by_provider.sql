-- Verifies the acting organisation when the number is its own. If the provider names the organisation by the same
-- name, the name counts as compared too. `named` null: the provider gave no name.
create or replace function verify_by_provider(number text, errand bytea, named text) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update provider_errand e set proved_at = now()
   where e.token_hash = errand and e.organisation_id = acting_organisation() and e.purpose = 'verification'
     and e.used_at > now() - interval '1 minute' and e.proved_at is null;
  if not found then
    raise exception 'nobody came back from a provider' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from organisation where id = acting_organisation() and kvk_number = number) then
    return false;
  end if;
  perform mark_verified('provider', null);
  update organisation o set name_checked = true
   where o.id = acting_organisation() and as_one_name(o.name) = as_one_name(named);
  return true;
end $$;

alter function verify_by_provider(text, bytea, text) owner to meldketen_door;
revoke execute on function verify_by_provider(text, bytea, text) from public;
grant execute on function verify_by_provider(text, bytea, text) to meldketen_app;
