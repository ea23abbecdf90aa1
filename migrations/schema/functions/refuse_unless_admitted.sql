-- Trigger: only an admitted office may record that an incident hit its clients.
create or replace function refuse_unless_admitted() returns trigger
language plpgsql security definer set search_path = public,
  pg_temp as $$
begin
  if exists (select from (select distinct organisation_id from changed) c where not is_admitted(c.organisation_id)) then
    raise insufficient_privilege using message = 'this organisation is not admitted as an office';
  end if;
  return null;
end $$;

alter function refuse_unless_admitted() owner to meldketen_door;
revoke execute on function refuse_unless_admitted() from public;
grant execute on function refuse_unless_admitted() to meldketen_app;
