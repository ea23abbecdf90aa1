-- Trigger of history and carried_head: no row is changed or deleted.
create or replace function keep_history() returns trigger language plpgsql as $$
begin
  raise exception 'history is written once: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
