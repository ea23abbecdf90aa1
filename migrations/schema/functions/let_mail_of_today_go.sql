-- Lets go the mail of all organisations that waited for today. A notice whose run or organisation is locked goes a
-- moment later, so that it delays no other's. Counts of before today are deleted.
create or replace function let_mail_of_today_go() returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  batches integer;
  due record;
  so_many integer;
begin
  update mail_batch set state = 'planned', held_for = null, held_until = null
   where state = 'held' and held_until <= now() and purpose <> 'notice';
  get diagnostics batches = row_count;
  for due in select distinct organisation_id, about_id from mail_batch
              where state = 'held' and held_until <= now() and purpose = 'notice' loop
    perform from run where organisation_id = due.organisation_id and subject_id = due.about_id for update skip locked;
    continue when not found;
    perform from organisation where id = due.organisation_id and verified_at is not null for share skip locked;
    continue when not found;
    update mail_batch set state = 'planned', held_for = null, held_until = null
     where organisation_id = due.organisation_id and about_id = due.about_id and purpose = 'notice'
       and state = 'held' and held_until <= now();
    get diagnostics so_many = row_count;
    batches := batches + so_many;
    perform wake_steps(due.organisation_id, due.about_id);
  end loop;
  delete from mail_to_address where day < (now() at time zone 'Europe/Amsterdam')::date;
  return batches;
end $$;

alter function let_mail_of_today_go() owner to meldketen_door;
revoke execute on function let_mail_of_today_go() from public;
grant execute on function let_mail_of_today_go() to meldketen_app;
