-- Trigger: what was ended or reviewed stays so, and only an owner, or a person who stands in for one now, breaks the
-- glass.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%: what was done stays as it was done', tg_table_name
    using errcode = 'check_violation', constraint = 'done_is_final';
end $$;
