-- Erases a name wherever the person acted here, or the personal values of one entry. It is done for a purpose, and
-- recorded.
create or replace function forget_person(who uuid, purpose text, by_whom jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  erased uuid;
  n integer := 0;
begin
  for erased in
    update history_person set name = null, salt = null, erased_at = now()
     where organisation_id = me and (id = who or actor_id = who) and erased_at is null returning id
  loop
    n := n + 1;
    perform record_across(me, 'person', erased, 'history.person_forgotten',
                          (by_whom->>'actor_id')::uuid, by_whom->>'actor_name',
                          by_whom->>'role', null, jsonb_build_object('purpose', erasing_purpose(purpose)));
  end loop;
  return n;
end $$;

alter function forget_person(uuid, text, jsonb) owner to meldketen_door;
revoke execute on function forget_person(uuid, text, jsonb) from public;
grant execute on function forget_person(uuid, text, jsonb) to meldketen_app;
