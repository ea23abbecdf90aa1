-- Lets the mail go that the operator's act with this id is about. Returns how many batches were let go.
create or replace function release_held_mail(act_id uuid) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'release_mail');
begin
  return let_go(array(select b.id from mail_batch b
                       where b.organisation_id = allowed.organisation_id and b.state = 'held'
                         and b.about_id = allowed.about_id));
end $$;

alter function release_held_mail(uuid) owner to meldketen_door;
revoke execute on function release_held_mail(uuid) from public;
grant execute on function release_held_mail(uuid) to meldketen_app;
