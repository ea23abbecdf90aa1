-- Returns who processes for the acting organisation, or asks to: an admitted office that registered the number that
-- the acting organisation proved to have. messages: what waits at an office that asks: [{"title", "found_at",
-- "description", "people_min", "people_max"}].
create or replace function processors_of_mine() returns table (
  processor_id uuid, name text, state text, how text, at timestamptz, register uuid, messages jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  with asking as (
    select w.* from organisation me cross join lateral waiting_registers(me) w where me.id = acting_organisation())
  select coalesce(c.processor_id, a.office), p.name, coalesce(c.state, 'asked'), coalesce(c.how, 'asked'),
         coalesce(c.ended_at, c.answered_at, a.created_at, c.asked_at), a.register,
         messages_of(a.office, a.register, case when a.is_claimed then coalesce(c.receipts, '{}') end)
    from (select * from consent where controller_id = acting_organisation()) c
    full join asking a on a.office = c.processor_id
    join organisation p on p.id = coalesce(c.processor_id, a.office)
   order by p.name, p.id
$$;

alter function processors_of_mine() owner to meldketen_door;
revoke execute on function processors_of_mine() from public;
grant execute on function processors_of_mine() to meldketen_app;
