-- Trigger of organisation: an organisation that is no longer proven sends no notice. What is planned, or waits for
-- its day, waits for the proof.
create or replace function hold_notices() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update mail_batch set state = 'held', held_for = 'not_verified', held_until = null
   where organisation_id = new.id and purpose = 'notice' and state in ('planned', 'held');
  return null;
end $$;

alter function hold_notices() owner to meldketen_door;
revoke execute on function hold_notices() from public;
grant execute on function hold_notices() to meldketen_app;
