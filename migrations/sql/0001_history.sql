-- The chain: each entry carries the hash of the one before it, so a changed or missing entry shows.
create function history_hash(before bytea, organisation uuid, subject uuid, seq integer, at timestamptz,
                             what text, actor_id uuid, actor_name text, details jsonb)
returns bytea language sql stable parallel safe as $$
  select sha256(coalesce(before, ''::bytea) || convert_to(concat_ws('|', organisation, subject, seq,
         (extract(epoch from at) * 1000000)::bigint, what, coalesce(actor_id::text, '-'), actor_name, details), 'UTF8'))
$$;

-- entries: [{"subject_kind", "subject_id", "what", "actor_id", "actor_name", "details"}], a subject once a call.
create function record_history(organisation uuid, entries jsonb) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(subject, 0))
     from (select distinct e->>'subject_id' as subject from jsonb_array_elements(entries) e order by 1) subjects;
  insert into history (organisation_id, subject_id, seq, subject_kind, at, what, actor_id, actor_name, details, hash)
  select organisation, e.subject_id, coalesce(last.seq, 0) + 1, e.subject_kind, now(), e.what, e.actor_id, e.actor_name,
         coalesce(e.details, '{}'),
         history_hash(last.hash, organisation, e.subject_id, coalesce(last.seq, 0) + 1, now(), e.what, e.actor_id,
                      e.actor_name, coalesce(e.details, '{}'))
    from jsonb_to_recordset(entries) as e(subject_kind text, subject_id uuid, what text, actor_id uuid, actor_name text,
      details jsonb)
    left join lateral (select h.seq, h.hash from history h
                        where h.organisation_id = organisation and h.subject_id = e.subject_id
                        order by h.seq desc limit 1) last on true;
end $$;

-- The entries that do not follow from the one before them; none, when nothing was altered.
create view history_broken with (security_invoker = true) as
select organisation_id, subject_id, seq from (
  select h.*, lag(hash) over chain as before, row_number() over chain as expected
    from history h window chain as (partition by organisation_id, subject_id order by seq)) chained
where seq <> expected
   or hash <> history_hash(before, organisation_id, subject_id, seq, at, what, actor_id, actor_name, details);
grant select on history_broken to meldketen_app;
