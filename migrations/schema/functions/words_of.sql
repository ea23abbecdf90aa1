-- Returns the words of a text as a search compares them: no capitals, no accents, split at what is neither letter nor
-- digit. Signs that nobody sees are left out, B.V. is bv, and a number has no zeros before it. A word ends after 40
-- signs.
create or replace function words_of(said text) returns text[] language sql immutable strict parallel safe as $$
  select array(
    select distinct left(regexp_replace(part.word, '^0+(?=[0-9]+$)', ''), 40) collate "C"
      from unnest(regexp_split_to_array(
             regexp_replace(
               lower(regexp_replace(normalize(said, NFKD),
                                    '[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]', '', 'g')),
               '(?<![a-z0-9])([a-z])\.(?=[a-z](?![a-z0-9]))', '\1', 'g'),
             '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u2000-\u2bff\u3000-\u303f]+')) as part(word)
     where part.word <> '')
$$;
