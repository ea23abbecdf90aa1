-- Tells the people of these organisations what an act elsewhere means for them: a machine's step there mails them.
-- what: the kind of news. about: its subject. name: whom it is about. how: in which way it was proven, or null.
create or replace function leave_news(organisations uuid[], what text, about uuid, name text, how text) returns void
language sql set search_path = public, pg_temp as $$
  with left_there as (
    insert into news (organisation_id, what, about_id, name, how)
    select distinct o, leave_news.what, about, leave_news.name, leave_news.how from unnest(organisations) o
    returning organisation_id, id),
  told as (
    insert into run (organisation_id, workflow, version, subject_id) select organisation_id, 'news', 1, id
      from left_there returning organisation_id, id)
  insert into step (organisation_id, run_id, name, kind, state)
  select organisation_id, id, 'tell', 'job', 'ready' from told
$$;

revoke execute on function leave_news(uuid[], text, uuid, text, text) from public;
grant execute on function leave_news(uuid[], text, uuid, text, text) to meldketen_door;
