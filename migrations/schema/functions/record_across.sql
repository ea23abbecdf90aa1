-- Records an entry of a door in another organisation's history: it is chained at the end of the transaction.
create or replace function record_across(organisation uuid, subject_kind text, subject_id uuid, what text,
                                         actor_id uuid, actor_name text, role text, terms text, details jsonb)
returns void language sql set search_path = public, pg_temp as $$
  insert into history_pending (organisation_id, entry)
  values (organisation, row(organisation, subject_kind, subject_id, what, actor_id, actor_name, role, null, null, terms,
                            details, null, null, null)::history_entry)
$$;

revoke execute on function record_across(uuid, text, uuid, text, uuid, text, text, text, jsonb) from public;
grant execute on function record_across(uuid, text, uuid, text, uuid, text, text, text, jsonb) to meldketen_door;
