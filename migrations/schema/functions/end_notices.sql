-- Ends notices that were not sent: no mail of theirs goes any more, and their runs end.
create or replace function end_notices(register uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update mail_batch set state = 'stopped', held_for = null, held_until = null,
      text_key = coalesce(nullif(text_key, ''), purpose)
   where organisation_id = register and purpose = 'notice' and state in ('held', 'listed', 'planned');
  perform close_dossiers(register, array(select n.id from notice n
                                          where n.organisation_id = register and n.sent_at is null));
end $$;

revoke execute on function end_notices(uuid) from public;
grant execute on function end_notices(uuid) to meldketen_door;
