-- As in 0018; new: it waits for the offices that write in the register that is joined.
create or replace function join_register(joined uuid, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  my_name constant text := (select name from organisation where id = me);
  moved integer;
begin
  -- First the offices: one that opens escalations at this moment ends first, or its breach would come into the register
  -- that nobody goes on in.
  perform from organisation where id in (select processor_id from processing_agreement where controller_id = joined)
    order by id for update;
  perform from organisation where id in (me, joined) order by id for update;
  if not exists (select from registers_to_join(by_user) r
                  where r.register = joined and r.open_dossiers = 0 and not r.is_office) then
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
  return moved;
end $$;
