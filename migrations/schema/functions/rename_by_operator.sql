-- Renames the organisation, on the operator's act with this id (made by the owner of the database), and tells its
-- offices. Telling them waits for no lock of an office.
create or replace function rename_by_operator(act_id uuid, new_name text) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'rename');
  until_now text;
  offices uuid[] := array(select distinct a.processor_id from processing_agreement a
                           where a.controller_id = allowed.organisation_id order by 1);
begin
  select o.name into until_now from organisation o where o.id = allowed.organisation_id for no key update;
  update organisation set name = new_name where id = allowed.organisation_id;
  if new_name = until_now then return; end if;
  perform record_across(office, 'organisation', allowed.organisation_id, 'client.renamed', null, null, 'operator', null,
                        jsonb_build_object('before', until_now, 'after', new_name)) from unnest(offices) office;
  perform leave_news(offices, 'client_renamed', allowed.organisation_id, new_name, null);
  update news n set before = until_now
   where n.organisation_id = any (offices) and n.about_id = allowed.organisation_id and n.what = 'client_renamed'
     and n.created_at = now();
end $$;

alter function rename_by_operator(uuid, text) owner to meldketen_door;
revoke execute on function rename_by_operator(uuid, text) from public;
grant execute on function rename_by_operator(uuid, text) to meldketen_app;
