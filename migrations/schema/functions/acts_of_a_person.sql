-- What a program with an API token never does: the acts of a person that a check on api_token names.
create or replace function acts_of_a_person() returns text[] language sql immutable as $$
  select array['assess', 'draft', 'recipients', 'text', 'answer_form', 'move_term', 'see_changes', 'approve', 'submit',
               'release', 'break_glass', 'review_broken_glass', 'appoint_deputy', 'see_to_people', 'see_to_tokens',
               'see_to_provider', 'see_to_keys', 'see_to_processors']
$$;
