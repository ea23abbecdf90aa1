-- A step that has failed: somebody is told, once.
alter table step add column told_at timestamptz;
create index step_untold on step (organisation_id, id) where state = 'failed' and told_at is null;

-- The organisations where a clock process has something to say: a clock's moment has come, or a step has failed.
create or replace function organisations_with_due_clocks(most integer) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select organisation_id from (select organisation_id from clock where next_at <= now() order by next_at limit most) due
  union select organisation_id from step where state = 'failed' and told_at is null
$$;
