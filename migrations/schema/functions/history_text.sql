-- Returns the canonical text of an entry. Form 1 is for entries from before there were tags: its leaf is the hash of
-- the form. In form 2 the leaf is sha256(tag || sha256(form)).
create or replace function history_text(form integer, organisation uuid, seq bigint, at timestamptz, subject_kind text,
                             subject_id uuid, what text, actor_id uuid, role text, for_id uuid, actor bytea,
                             version integer, terms text, details jsonb, personal bytea)
returns text language sql stable parallel safe as $$
  select json_build_array(form, organisation, seq, (extract(epoch from at) * 1000000)::bigint, subject_kind,
                          subject_id, what, actor_id, role, for_id, encode(actor, 'hex'), version, terms, details,
                          encode(personal, 'hex'))::text
$$;
