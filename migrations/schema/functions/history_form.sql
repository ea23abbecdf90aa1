-- Returns the form of an entry from which its hash is made, in the version that held at its number.
create or replace function history_form(h history, number bigint, s history_seal) returns text
language sql stable parallel safe
  as $$
  select history_text(case when number < s.sealed_from then 1 else 2 end,
                      h.organisation_id, number, h.at, h.subject_kind, h.subject_id,
                      h.what, h.actor_id, h.role, h.for_id, h.actor, h.version, h.terms, h.details, h.personal)
$$;
