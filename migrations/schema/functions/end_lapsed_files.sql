-- Deletes uploaded files that lapsed, at most so many. Returns how many went, by table. One that nobody took ends after
-- a day, with all that is in it; one that was taken can be undone for a month, and its rows that did not fit (kept as
-- the content of a file that was taken) stay for a day after that. Which column was which in files with the same
-- headings is remembered for half a year. Parts of files are not counted.
create or replace function end_lapsed_files(most integer) returns table (what text, gone bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  with old as (select f.organisation_id, f.id from uploaded_file f
                where (f.created_at < now() - interval '1 day' and f.state = 'waiting')
                   or f.created_at < now() - interval '30 days'
                order by f.created_at limit most for update skip locked)
  delete from uploaded_file f using old where f.organisation_id = old.organisation_id and f.id = old.id;
  get diagnostics gone = row_count; what := 'uploaded_file'; return next;
  with old as (select p.organisation_id, p.file_id, p.kind, p.nth from uploaded_file f join uploaded_part p
                   on p.organisation_id = f.organisation_id and p.file_id = f.id and p.kind = 'content'
                where f.state <> 'waiting' and f.ended_at < now() - interval '1 day'
                order by f.ended_at limit most for update of f skip locked)
  delete from uploaded_part p using old where (p.organisation_id, p.file_id, p.kind, p.nth) = (old.*);
  with old as (select c.organisation_id, c.purpose, c.headings_hash from chosen_columns c
                where c.chosen_at < now() - interval '180 days' order by c.chosen_at limit most for update skip locked)
  delete from chosen_columns c using old where (c.organisation_id, c.purpose, c.headings_hash) = (old.*);
  get diagnostics gone = row_count; what := 'chosen_columns'; return next;
end $$;

alter function end_lapsed_files(integer) owner to meldketen_door;
revoke execute on function end_lapsed_files(integer) from public;
grant execute on function end_lapsed_files(integer) to meldketen_app;
