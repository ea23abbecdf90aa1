-- Keeps the words of what was written, for searches, of at most so many rows. Organisations have their turn from the
-- one after `last` on, the first `places` of them or until ten times `each` rows; nobody's large file keeps another's
-- rows waiting. One caller does this at a time. Returns the last organisation that had its turn (null: nothing waits
-- after `last`) and how many rows were done. Each organisation's rows are a range of the one index, so that no other
-- row is read: what waits comes and goes by the million, and the statistics of this table may say that it is empty.
create or replace function index_pending(inout last uuid, places integer, each integer, out done integer)
language plpgsql volatile security definer set search_path = public, pg_temp
  -- The tables of words grow from nothing in the same way: whatever their statistics say, the index is the way.
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
  set enable_sort = off as $$
declare
  place uuid := coalesce(last, '00000000-0000-0000-0000-000000000000');
  until bigint;
  taken search_subject[];
  subjects search_subject[] := '{}';
begin
  last := null;
  done := 0;
  if not pg_try_advisory_xact_lock(hashtext('index_pending')) then return; end if;
  for turn in 1..places loop
    select p.organisation_id into place from search_pending p where p.organisation_id > place
     order by p.organisation_id limit 1;
    exit when place is null or cardinality(subjects) >= 10 * each;
    last := place;
    select max(w.id) into until from (select p.id from search_pending p where p.organisation_id = place
                                       order by p.organisation_id, p.id limit each) w;
    with gone as (
      delete from search_pending p where p.organisation_id = place and p.id <= until
      returning p.organisation_id, p.kind, p.subject_id)
    select array_agg(row(g.organisation_id, g.kind, g.subject_id, null)::search_subject) into taken from gone g;
    subjects := subjects || taken;
  end loop;
  done := cardinality(subjects);
  perform keep_words(array(select w from words_of_subjects(subjects) w));
end $$;

alter function index_pending(uuid, integer, integer) owner to meldketen_door;
revoke execute on function index_pending(uuid, integer, integer) from public;
grant execute on function index_pending(uuid, integer, integer) to meldketen_app;
