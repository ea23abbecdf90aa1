-- Lets go the mail that waited for the proof, as many notices as the limit of the day allows; the others wait for a
-- later day, or for the operator.
create or replace function release_verified_mail(most integer, days_ahead integer) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  waiting record;
  day integer;
  batches integer := 0;
begin
  if not exists (select from organisation where id = me and verified_at is not null for share) then return 0; end if;
  -- In a register that nobody opened there is nobody whose mail this could be.
  if not exists (select from membership where organisation_id = me and role in ('privacy_officer', 'handler', 'owner'))
  then return 0; end if;
  for waiting in select about_id, array_agg(id) as ids from mail_batch
                  where organisation_id = me and state = 'held' and held_for = 'not_verified'
                  group by about_id order by min(created_at), about_id loop
    day := 0;
    while day <= days_ahead and count_mails('notice', array[null::bytea], day, most, 0, 0) <> array['ok'] loop
      day := day + 1;
    end loop;
    if day = 0 then
      batches := batches + let_go(waiting.ids);
    else
      update mail_batch set held_for = 'organisation',
             held_until = case when day <= days_ahead then start_of_mail_day(day) end
       where organisation_id = me and id = any(waiting.ids);
    end if;
  end loop;
  return batches;
end $$;

alter function release_verified_mail(integer, integer) owner to meldketen_door;
revoke execute on function release_verified_mail(integer, integer) from public;
grant execute on function release_verified_mail(integer, integer) to meldketen_app;
