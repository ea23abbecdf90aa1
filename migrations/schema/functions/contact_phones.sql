-- The telephone numbers of the contacts of a client as a search compares them: without spaces and signs.
create or replace function contact_phones(contacts jsonb) returns text language sql immutable parallel safe as $$
  select coalesce(string_agg(translate(c->>'phone', ' -()+./', ''), ' '), '') from jsonb_array_elements(contacts) c
$$;
