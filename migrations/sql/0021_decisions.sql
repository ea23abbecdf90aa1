-- Whoever assessed does not approve either, and sends nothing: definition 3. Runs of before end as they began.
insert into four_eyes (workflow, since, step, other) values
  ('ap_notification', 3, 'approve', 'assess'),
  ('ap_notification', 3, 'submit', 'assess');

-- A key is nobody: what a decision rests on is done by a person who is logged in. So no key is a second pair of eyes.
alter table api_token no force row level security;
alter table api_token drop constraint api_token_scopes_check;
create function acts_of_a_person() returns text[] language sql immutable as $$
  select array['assess', 'draft', 'recipients', 'text', 'answer_form', 'move_term', 'see_changes', 'approve', 'submit',
               'release', 'break_glass', 'review_broken_glass', 'appoint_deputy', 'see_to_people', 'see_to_tokens',
               'see_to_provider', 'see_to_keys', 'see_to_processors']
$$;
update api_token set revoked_at = coalesce(revoked_at, now()), revoked_by = coalesce(revoked_by, made_by),
                     scopes = array['read']
 where scopes <@ acts_of_a_person();
update api_token set scopes = array(select s from unnest(scopes) s where s <> all (acts_of_a_person()))
 where scopes && acts_of_a_person();
alter table api_token add constraint api_token_scopes_check
  check (cardinality(scopes) > 0 and not scopes && acts_of_a_person());
alter table api_token force row level security;
