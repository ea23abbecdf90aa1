-- What a search compares of the contacts of a client: their names, mail addresses and telephone numbers, without
-- capitals and accents.
create or replace function contact_words(contacts jsonb) returns text language sql immutable parallel safe as $$
  select regexp_replace(normalize(lower(coalesce(string_agg(
           coalesce(c->>'name', '') || ' ' || coalesce(c->>'email', '') || ' ' || coalesce(c->>'phone', ''), ' '), '')),
           NFKD), E'[\u0300-\u036f]', '', 'g')
    from jsonb_array_elements(contacts) c
$$;
