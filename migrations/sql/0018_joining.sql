-- An owner of two registers of one organisation goes on in one of them. The other is read only from then on.

-- Registers with the number of the acting organisation that this user owns as well as that of the acting organisation.
-- is_office: it has agreements as a processor, or with the acting organisation as one; those do not move.
create function registers_to_join(owner_of_both uuid) returns table (
  register uuid, name text, slug text, open_dossiers bigint, is_office boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query select o.id, o.name, o.slug,
         (select count(*) from run r where r.organisation_id = o.id and r.state = 'running'),
         exists (select from processing_agreement a
                  where a.processor_id = o.id or (a.controller_id = o.id and a.processor_id = me.id))
    from organisation me
    join organisation o on o.kvk_number = me.kvk_number and o.id <> me.id
   where me.id = acting_organisation() and me.claimed_at is not null and me.joined_into is null
     and o.claimed_at is not null and o.joined_into is null
     and (select count(*) from membership m
           where m.user_id = owner_of_both and m.organisation_id in (me.id, o.id) and m.role = 'owner'
             and coalesce(m.counts_from, '-infinity') <= now()) = 2
   order by o.name, o.id;
end $$;  -- not checked before it is called: when a seat counts comes with 0020

-- Joins it into the acting organisation; how many agreements came along. Null: this user may not, a dossier there is
-- open, or it is an office. The acting organisation's own entry is the caller's.
create function join_register(joined uuid, by_user uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  my_name constant text := (select name from organisation where id = me);
  moved integer;
begin
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

-- Of a register that was joined everybody only reads, and only who has a seat in the one that goes on.
create or replace function memberships_of(who uuid)
returns table (organisation_id uuid, slug text, name text, role text, for_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug, o.name, case when o.joined_into is null then m.role else 'auditor' end, null::uuid
    from membership m join organisation o on o.id = m.organisation_id
   where m.user_id = who
     and (o.joined_into is null
          or exists (select from membership t where t.organisation_id = o.joined_into and t.user_id = who))
  union all
  select o.id, o.slug, o.name, theirs.role, d.of_user
    from membership mine
    join deputy d on d.organisation_id = mine.organisation_id and d.deputy_id = mine.user_id
    join membership theirs on theirs.organisation_id = d.organisation_id and theirs.user_id = d.of_user
    join organisation o on o.id = d.organisation_id and o.joined_into is null
   where mine.user_id = who and d.starts_at <= now() and now() < d.ends_at and d.ended_at is null
   order by 3, 1, 5 nulls first, 4
$$;

-- Nothing new comes into a register that was joined, whoever asks.
create function refuse_where_joined() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from organisation where id = acting_organisation() and joined_into is not null) then
    raise insufficient_privilege using message = 'this register was joined into another one';
  end if;
  return null;
end $$;
do $$
declare t text;
begin
  foreach t in array array['breach', 'incident', 'notice', 'processing_agreement', 'deputy', 'broken_glass'] loop
    execute format('create trigger not_in_a_joined_register before insert or update on %I
                    for each statement execute function refuse_where_joined()', t);
  end loop;
  grant update (expires_at) on invitation to meldketen_door;
  grant create on schema public to meldketen_door;
  foreach t in array array['registers_to_join(uuid)', 'join_register(uuid,uuid)'] loop
    execute format('alter function %s owner to meldketen_door', t);
    execute format('revoke execute on function %s from public', t);
    execute format('grant execute on function %s to meldketen_app', t);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
alter table api_token add constraint no_joining_by_a_program check (not scopes && array['join_registers']);
