-- Keeps the words of what was written, for searches, of at most so many rows. Organisations have their turn from the
-- one after `last` on, the first `places` of them; nobody's large file keeps another's rows waiting. One caller does
-- this at a time. Returns the last organisation that had its turn (null: nothing waits after `last`) and how many rows
-- were done.
create or replace function index_pending(inout last uuid, places integer, each integer, out done integer)
language plpgsql volatile security definer set search_path = public, pg_temp
  -- What waits comes and goes by the million: whatever the statistics say of these tables, the index is the way.
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  subjects search_subject[];
  taken uuid[];
begin
  done := 0;
  if not pg_try_advisory_xact_lock(hashtext('index_pending')) then
    last := null;
    return;
  end if;
  with recursive place(id) as (
    (select p.organisation_id from search_pending p
      where p.organisation_id > coalesce(last, '00000000-0000-0000-0000-000000000000')
      order by p.organisation_id limit 1)
    union all
    select (select p.organisation_id from search_pending p where p.organisation_id > place.id
             order by p.organisation_id limit 1) from place where place.id is not null
  ), turn as (select id from place where id is not null limit places),
  gone as (
    delete from search_pending p using turn t, lateral (
      select w.id from search_pending w where w.organisation_id = t.id order by w.id limit each) w
     where p.organisation_id = t.id and p.id = w.id
    returning p.organisation_id, p.kind, p.subject_id)
  select array_agg(row(g.organisation_id, g.kind, g.subject_id, null)::search_subject),
         array(select t.id from turn t order by t.id desc limit 1)
    into subjects, taken from gone g;
  last := taken[1];
  done := coalesce(cardinality(subjects), 0);
  perform keep_words(array(select w from words_of_subjects(subjects) w));
end $$;

alter function index_pending(uuid, integer, integer) owner to meldketen_door;
revoke execute on function index_pending(uuid, integer, integer) from public;
grant execute on function index_pending(uuid, integer, integer) to meldketen_app;
