-- Checks a code that somebody typed. Returns verified, wrong, used_up (too many tries), lapsed, or none (no letter is
-- open).
create or replace function verify_by_letter(hash bytea) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  letter verification_letter;
begin
  select * into letter from verification_letter
   where organisation_id = acting_organisation() and used_at is null and replaced_at is null for update;
  if not found then return 'none'; end if;
  if letter.expires_at <= now() then return 'lapsed'; end if;
  if letter.tries >= 5 then return 'used_up'; end if;
  if letter.code_hash <> hash then
    update verification_letter set tries = tries + 1 where organisation_id = letter.organisation_id and id = letter.id;
    return case when letter.tries + 1 >= 5 then 'used_up' else 'wrong' end;
  end if;
  update verification_letter set used_at = now() where organisation_id = letter.organisation_id and id = letter.id;
  perform mark_verified('letter', null);
  return 'verified';
end $$;

alter function verify_by_letter(bytea) owner to meldketen_door;
revoke execute on function verify_by_letter(bytea) from public;
grant execute on function verify_by_letter(bytea) to meldketen_app;
