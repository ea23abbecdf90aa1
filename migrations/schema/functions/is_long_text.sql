-- Returns whether the text has no invisible character; line feeds and tabs may be in it.
create or replace function is_long_text(words text) returns boolean language sql immutable parallel safe as $$
  select public.is_one_line(translate(words, E'\n\t', ''))
$$;
