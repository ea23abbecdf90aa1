-- Keeps the code of a letter that is under way, on the operator's act with this id, in place of the letter before.
-- Returns until when the code works.
-- hash: of the code, 32 bytes.
create or replace function open_verification_letter(act_id uuid, hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'letter');
  until timestamptz;
begin
  update verification_letter set replaced_at = now()
   where organisation_id = allowed.organisation_id and used_at is null and replaced_at is null;
  insert into verification_letter (organisation_id, code_hash) values (allowed.organisation_id, hash)
  returning expires_at into until;
  return until;
end $$;

alter function open_verification_letter(uuid, bytea) owner to meldketen_door;
revoke execute on function open_verification_letter(uuid, bytea) from public;
grant execute on function open_verification_letter(uuid, bytea) to meldketen_app;
