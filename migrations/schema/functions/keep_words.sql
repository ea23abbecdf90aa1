-- Makes the words of these subjects those that searches find them by; a subject without words (null) is gone, and so
-- are words that it had and that no other subject of its organisation has.
create or replace function keep_words(subjects search_subject[]) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  gone search_vocabulary[];
begin
  with had as (
    select h.organisation_id, h.kind, h.subject_id, word from unnest(subjects) s
      join search_subject h on h.organisation_id = s.organisation_id and h.kind = s.kind and h.subject_id = s.subject_id
     cross join unnest(h.words) word where s.words is null or word <> all (s.words)
  ), removed as (
    delete from search_word w using had h
     where w.organisation_id = h.organisation_id and w.word = h.word and w.kind = h.kind
       and w.subject_id = h.subject_id returning w.organisation_id, w.word)
  select array_agg(row(r.organisation_id, r.word, '')::search_vocabulary) into gone from removed r;
  insert into search_word (organisation_id, word, kind, subject_id)
  select s.organisation_id, word, s.kind, s.subject_id from unnest(subjects) s cross join unnest(s.words) word
   order by 1, 2 on conflict do nothing;
  insert into search_vocabulary (organisation_id, word, backwards)
  select distinct s.organisation_id, word, reverse(word) from unnest(subjects) s cross join unnest(s.words) word
   where length(word) >= 4 and word !~ '[0-9]' on conflict do nothing;
  insert into search_subject select s.* from unnest(subjects) s where s.words is not null
  on conflict (organisation_id, kind, subject_id) do update set words = excluded.words
     where search_subject.words <> excluded.words;
  delete from search_subject h using unnest(subjects) s
   where s.words is null and h.organisation_id = s.organisation_id and h.kind = s.kind
     and h.subject_id = s.subject_id;
  delete from search_vocabulary v using unnest(gone) g
   where v.organisation_id = g.organisation_id and v.word = g.word and not exists (
           select from search_word w where w.organisation_id = v.organisation_id and w.word = v.word);
end $$;

revoke execute on function keep_words(search_subject[]) from public;
grant execute on function keep_words(search_subject[]) to meldketen_door;
