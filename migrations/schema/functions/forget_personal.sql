-- Erases the personal values of one entry of the acting organisation, and records in its history by whom and why.
-- Returns how many entries: 1, or 0 when there was nothing left to erase.
-- by_whom: {"actor_id", "actor_name", "role"}.
create or replace function forget_personal(of_seq bigint, purpose text, by_whom jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
begin
  update history_personal set salt = null, sealed = null, plain = null, erased_at = now()
   where organisation_id = me and seq = of_seq and erased_at is null;
  if not found then return 0; end if;
  perform record_across(me, h.subject_kind, h.subject_id, 'history.personal_forgotten', (by_whom->>'actor_id')::uuid,
                        by_whom->>'actor_name', by_whom->>'role', null,
                        jsonb_build_object('entry', of_seq, 'purpose', erasing_purpose(purpose)))
     from history h where h.organisation_id = me and h.seq = of_seq;
  return 1;
end $$;

alter function forget_personal(bigint, text, jsonb) owner to meldketen_door;
revoke execute on function forget_personal(bigint, text, jsonb) from public;
grant execute on function forget_personal(bigint, text, jsonb) to meldketen_app;
