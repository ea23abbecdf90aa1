-- Trigger, at the end of a transaction: something changed on which it rests whether anything is due about a breach.
create or replace function judge_what_is_due() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  judged uuid; is_new boolean := false;
begin
  if tg_table_name = 'breach' then
    judged := new.id;
    is_new := tg_op = 'UPDATE' and new.version <> old.version;
  elsif tg_table_name = 'notice' then
    judged := new.breach_id;
  elsif tg_table_name = 'recipient' then
    select n.breach_id into judged from notice n
     where n.organisation_id = new.organisation_id and n.id = new.about_id;
  elsif new.workflow = 'ap_notification' then
    judged := old.subject_id;
  else
    select n.breach_id into judged from notice n
     where n.organisation_id = new.organisation_id and n.id = old.subject_id;
  end if;
  perform note_what_is_due(new.organisation_id, judged, is_new);
  return null;
end $$;

alter function judge_what_is_due() owner to meldketen_door;
revoke execute on function judge_what_is_due() from public;
