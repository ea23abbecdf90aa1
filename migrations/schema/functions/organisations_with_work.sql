-- Returns each organisation that has something ready now. It looks up one organisation after another, however many
-- rows each has.
create or replace function organisations_with_work() returns table (organisation_id uuid)
language sql stable set search_path = public, pg_temp as $$
  with recursive with_steps as (
    (select s.organisation_id as id from step s where s.state = 'ready' order by s.organisation_id limit 1)
    union all
    select (select s.organisation_id from step s where s.state = 'ready' and s.organisation_id > w.id
             order by s.organisation_id limit 1) from with_steps w where w.id is not null),
  with_mail as (
    (select b.organisation_id as id from mail_batch b where b.state = 'planned' order by b.organisation_id limit 1)
    union all
    select (select b.organisation_id from mail_batch b where b.state = 'planned' and b.organisation_id > w.id
             order by b.organisation_id limit 1) from with_mail w where w.id is not null)
  select id from with_steps w where exists (
    select from step s where s.organisation_id = w.id and s.state = 'ready' and s.ready_at <= now())
  union
  select id from with_mail w where exists (
    select from mail_batch b where b.organisation_id = w.id and b.state = 'planned' and b.not_before <= now())
$$;

revoke execute on function organisations_with_work() from public;
grant execute on function organisations_with_work() to meldketen_door;
