-- Limits how much mail of this kind the organisation sends a day, on the operator's act with this id.
create or replace function limit_mail(act_id uuid, kind text, most integer) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'limit_mail');
begin
  update organisation set mail_limits = mail_limits || jsonb_build_object(kind, most)
   where id = allowed.organisation_id;
end $$;

alter function limit_mail(uuid, text, integer) owner to meldketen_door;
revoke execute on function limit_mail(uuid, text, integer) from public;
grant execute on function limit_mail(uuid, text, integer) to meldketen_app;
