-- Tells the people of this organisation, which proved its number, of each office that asks, and of each of its
-- messages that waits there and that nobody with that proof confirmed (Art. 33(1): its term may run already).
create or replace function word_of_waiting(me organisation) returns void
language sql set search_path = public, pg_temp as $$
  with waiting as (
    select w.*, c.receipts from waiting_registers(me) w
      left join consent c on c.controller_id = me.id and c.processor_id = w.office),
  news as (
    select register as about, register from waiting
    union all
    select (m->>'breach_id')::uuid, register from waiting
     cross join lateral jsonb_array_elements(
             messages_of(office, register, case when is_claimed then coalesce(receipts, '{}') end)) m
     where m->>'acknowledged_at' is null)
  select word_to_asked(array_agg(about), array_agg(register)) from news
$$;

revoke execute on function word_of_waiting(organisation) from public;
grant execute on function word_of_waiting(organisation) to meldketen_door;
