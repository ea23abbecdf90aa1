-- Joins it into the acting organisation; returns how many agreements came along. Null: this user may not, a dossier
-- there is open, it is an office, the acting organisation proves less than it does, or somebody there would lose
-- their place. The caller writes the acting organisation's own entry. The people of both registers and of the offices
-- are mailed.
create or replace function join_register(joined uuid, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  my_name constant text := (select name from organisation where id = me);
  offices uuid[];
  moved integer;
begin
  -- The offices too: one that opens escalations at this moment ends first, or its breach would come into the register
  -- that nobody goes on in.
  perform from organisation where id in (select processor_id from processing_agreement where controller_id = joined
    union select unnest(array[me, joined])) order by id for no key update;
  perform from organisation where id = joined for update;  -- whoever writes in it at this moment ends first
  offices := array(select distinct processor_id from processing_agreement where controller_id = joined order by 1);
  if not exists (select from registers_to_join(by_user) r
                  where r.register = joined and r.open_dossiers = 0 and not r.is_office
                    and not r.loses_proof and r.without_place = 0) then
    return null;
  end if;
  insert into consent as c (controller_id, processor_id, state, how, asked_at, answered_at, answered_by)
  select me, there.processor_id, 'accepted', there.how, there.asked_at, now(), by_user
    from consent there where there.controller_id = joined and there.state = 'accepted'
  on conflict (controller_id, processor_id) do update
     set state = 'accepted', answered_at = now(), answered_by = by_user, ended_at = null;
  perform record_across(a.processor_id, 'organisation', a.processor_id, 'client.register_joined', null, null,
                        'controller', null, jsonb_build_object('by', my_name, 'clients', a.clients))
     from (select processor_id, jsonb_agg(distinct client_number) as clients
             from processing_agreement where controller_id = joined group by processor_id) a;
  update agreed_service set controller_id = me where controller_id = joined;
  update processing_agreement set controller_id = me where controller_id = joined;
  get diagnostics moved = row_count;
  update consent set state = 'ended', ended_at = now() where controller_id = joined and state = 'accepted';
  update invitation set expires_at = now() where organisation_id = joined and used_at is null and expires_at > now();
  update organisation set joined_into = me where id = joined;
  perform record_across(joined, 'organisation', joined, 'register.joined_into', by_user,
                        (select name from app_user where id = by_user), 'owner', null,
                        jsonb_build_object('into', my_name, 'register', me, 'agreements', moved));
  perform leave_news(array[me], 'register_joined_in', joined, (select name from organisation where id = joined), null);
  perform leave_news(array[joined], 'register_joined_into', me, my_name, null);
  perform leave_news(offices, 'client_register_joined', me, my_name, null);
  return moved;
end $$;

alter function join_register(uuid, uuid) owner to meldketen_door;
revoke execute on function join_register(uuid, uuid) from public;
grant execute on function join_register(uuid, uuid) to meldketen_app;
