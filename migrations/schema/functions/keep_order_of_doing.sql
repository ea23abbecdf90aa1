-- Trigger of step: a step that is done by a release which keeps no order comes after those that were done before it.
create or replace function keep_order_of_doing() returns trigger language plpgsql
set search_path = public, pg_temp as $$
begin
  new.done_nth = 1 + (select coalesce(max(s.done_nth), 0) from step s
                       where s.organisation_id = new.organisation_id and s.run_id = new.run_id);
  return new;
end $$;

revoke execute on function keep_order_of_doing() from public;
