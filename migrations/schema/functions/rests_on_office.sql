-- Returns whether the moments of this breach follow from what the office stated. A moment by 'receipt' comes from the
-- person who opened the register.
create or replace function rests_on_office(b breach) returns boolean language sql immutable as $$
  select b.stated_aware_at is not null and b.stated_aware_how <> 'receipt' and b.own_aware_stated_at is null
     and b.moved_term is null
$$;

revoke execute on function rests_on_office(breach) from public;
grant execute on function rests_on_office(breach) to meldketen_door;
