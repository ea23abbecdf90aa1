-- Returns the register of the acting organisation's test client; null: it made none. What is about this register is a
-- test, by any agreement.
create or replace function my_test_register() returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select id from organisation where made_by = acting_organisation() and is_test
$$;

alter function my_test_register() owner to meldketen_door;
revoke execute on function my_test_register() from public;
grant execute on function my_test_register() to meldketen_app;
