-- Returns where an office continues when a register of this number is closed: where it is accepted, as its next
-- escalation would, or else in its own register that nobody opened.
create or replace function register_led_to(office uuid, closed organisation, called text) returns uuid language sql
  set search_path = public, pg_temp as $$
  select coalesce((select a.id from registers_of(office, array[closed.kvk_number]) a where a.id <> closed.id),
                  register_of(office, closed.kvk_number, called))
$$;

revoke execute on function register_led_to(uuid, organisation, text) from public;
grant execute on function register_led_to(uuid, organisation, text) to meldketen_door;
