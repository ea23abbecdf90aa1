-- Trigger: each address of a contact has a row in contact_standing while it stands in an agreement of the office. What
-- was known of it goes with it, but not that it does not work: that stands there again when the address returns
-- (end_lapsed deletes it in the end). Two transactions may change agreements of one office at once: an address in use
-- is held until the end (the update locks it), and whether an address that left stands elsewhere is read in a statement
-- of its own, after its row is locked.
create or replace function keep_contact_standing() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  ended uuid[];
begin
  insert into contact_standing (organisation_id, address)
  select distinct n.processor_id, lower(trim(c->>'email')) from changed n cross join jsonb_array_elements(n.contacts) c
   where trim(c->>'email') <> '' order by 1, 2
  on conflict (organisation_id, address) do update
     set left_at = null, since = case when contact_standing.left_at is null then contact_standing.since else now() end,
         next_at = case when contact_standing.left_at is null then contact_standing.next_at
                        when contact_standing.says_no_at is null then now() end;
  if tg_op = 'UPDATE' then
    with gone as materialized (
      select b.processor_id, lower(trim(c->>'email')) as address
        from before b cross join jsonb_array_elements(b.contacts) c where trim(c->>'email') <> ''
      except
      select n.processor_id, lower(trim(c->>'email')) from changed n cross join jsonb_array_elements(n.contacts) c),
    held as materialized (
      select s.id from gone g
        join contact_standing s on s.organisation_id = g.processor_id and s.address = g.address
       order by s.organisation_id, s.address for update of s)
    select coalesce(array_agg(h.id), '{}') into ended from held h;
    with left_over as materialized (
      select s.id, s.organisation_id, s.address from contact_standing s where s.id = any (ended)),
    elsewhere as (
      select distinct a.processor_id, lower(trim(c->>'email')) as address
        from processing_agreement a cross join jsonb_array_elements(a.contacts) c
       where a.processor_id in (select l.organisation_id from left_over l)),
    alone as (
      select l.id from left_over l where (l.organisation_id, l.address) not in (
        select e.processor_id, e.address from elsewhere e where e.address is not null)),
    marked as (
      update contact_standing s set left_at = now(), next_at = null, successor = null
        from alone where s.id = alone.id and not s.works)
    delete from contact_standing s using alone where s.id = alone.id and s.works;
  end if;
  return null;
end $$;

alter function keep_contact_standing() owner to meldketen_door;
revoke execute on function keep_contact_standing() from public;
grant execute on function keep_contact_standing() to meldketen_app;
