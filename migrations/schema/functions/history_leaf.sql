-- Returns the leaf of an entry in the chain: the hash of its form, and from the organisation's seal on with its
-- subject's tag.
create or replace function history_leaf(form text) returns bytea
language sql stable parallel safe as $$ select sha256(convert_to(form, 'UTF8')) $$;

create or replace function history_leaf(h history, number bigint, s history_seal) returns bytea
language sql stable parallel safe
  as $$
  select case when number < s.sealed_from then history_leaf(history_form(h, number, s))
              else sha256(history_tag(s.secret, h.subject_id, number) || history_leaf(history_form(h, number, s))) end
$$;
