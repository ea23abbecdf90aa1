-- Trigger of history_pending, at commit: refuses an entry of a door that is not in the chain by then.
create or replace function refuse_unchained() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from history_pending p where p.organisation_id = new.organisation_id and p.id = new.id) then
    raise exception 'history: what a door wrote was not chained';
  end if;
  return null;
end $$;

alter function refuse_unchained() owner to meldketen_door;
revoke execute on function refuse_unchained() from public;
grant execute on function refuse_unchained() to meldketen_app;
