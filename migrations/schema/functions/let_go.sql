-- Lets these batches go, and wakes what waited for them. Returns how many batches.
create or replace function let_go(held uuid[]) returns integer
language plpgsql volatile set search_path = public, pg_temp as $$
declare
  about uuid;
  batches integer;
begin
  update mail_batch set state = 'planned', held_for = null, held_until = null, not_before = now()
   where organisation_id = acting_organisation() and id = any(held) and state = 'held';
  get diagnostics batches = row_count;
  for about in select distinct about_id from mail_batch
                where organisation_id = acting_organisation() and id = any(held) and purpose = 'notice' loop
    perform wake_steps(acting_organisation(), about);
  end loop;
  return batches;
end $$;

revoke execute on function let_go(uuid[]) from public;
grant execute on function let_go(uuid[]) to meldketen_door;
