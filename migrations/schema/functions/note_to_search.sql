-- Trigger: notes which rows a search reads themselves until their words are kept: what was added, removed, or changed
-- in a way that a search can see. A set that is added is noted by one statement, so 5,000 breaches of an incident cost
-- 5,000 short rows. The argument is the kind of the row.
create or replace function note_to_search() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_level = 'ROW' then
    insert into search_pending (organisation_id, kind, subject_id)
    values ((to_jsonb(new) ->> case when tg_argv[0] = 'client' then 'processor_id' else 'organisation_id' end)::uuid,
            tg_argv[0], new.id);
  elsif tg_argv[0] = 'client' then
    insert into search_pending (organisation_id, kind, subject_id) select processor_id, tg_argv[0], id from changed;
  else
    insert into search_pending (organisation_id, kind, subject_id) select organisation_id, tg_argv[0], id from changed;
  end if;
  return null;
end $$;

alter function note_to_search() owner to meldketen_door;
revoke execute on function note_to_search() from public;
grant execute on function note_to_search() to meldketen_app;
