-- Keys that are renewed and destroyed. Of an organisation's keys the last counts; the one before it stays while values
-- are sealed anew.
alter table organisation_key drop constraint organisation_key_pkey;
alter table organisation_key add column number integer not null default 1 check (number > 0);
alter table organisation_key add column destroyed_at timestamptz;
alter table organisation_key alter column wrapped_key drop not null;
alter table organisation_key add primary key (organisation_id, number);
alter table organisation_key add check ((wrapped_key is null) = (destroyed_at is not null));
grant update (wrapped_key, destroyed_at) on organisation_key to meldketen_app;

-- What is sealed begins with the number of its key, in four bytes. All that was sealed before is under the first.
alter table recipient no force row level security;
alter table history_personal no force row level security;
alter table identity_provider no force row level security;
update recipient set sealed = '\x00000001'::bytea || sealed;
update history_personal set sealed = '\x00000001'::bytea || sealed where sealed is not null;
update identity_provider set sealed_secret = '\x00000001'::bytea || sealed_secret;
alter table recipient force row level security;
alter table history_personal force row level security;
alter table identity_provider force row level security;

-- What was destroyed stays so: it gets no value again, and no key comes after it.
create trigger destroyed_for_good before update on organisation_key
  for each row when (old.wrapped_key is null) execute function refuse_change();
create function keep_destroyed() returns trigger language plpgsql as $$
begin
  if exists (select from organisation_key k where k.organisation_id = new.organisation_id)
     and not exists (select from organisation_key k where k.organisation_id = new.organisation_id
       and k.wrapped_key is not null) then
    raise exception 'the key of this organisation was destroyed' using errcode = 'check_violation',
      constraint = 'done_is_final';
  end if;
  return new;
end $$;
create trigger none_after_it before insert on organisation_key for each row execute function keep_destroyed();

-- Under which master key a key was wrapped: its first eight bytes; nothing when it was wrapped before keys had a label
-- (60 bytes).
create function wrapped_under(wrapped bytea) returns bytea language sql immutable parallel safe as $$
  select case when length(wrapped) > 60 then substr(wrapped, 1, 8) else ''::bytea end
$$;

-- Of each master key that still is in use: whose key, to see whether it can be opened.
create function master_keys_in_use() returns table (label bytea, organisation_id uuid, wrapped_key bytea)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (wrapped_under(k.wrapped_key)) wrapped_under(k.wrapped_key), k.organisation_id, k.wrapped_key
    from (select k.organisation_id, k.wrapped_key from organisation_key k
          union all select s.organisation_id, s.wrapped_key from signing_key s) k where k.wrapped_key is not null
            order by 1
$$;
-- The organisations with a key under another master key than this one.
create function organisations_to_rewrap(label bytea, most integer) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct k.organisation_id
    from (select o.organisation_id, o.wrapped_key from organisation_key o
          union all select s.organisation_id, s.wrapped_key from signing_key s) k
   where k.wrapped_key is not null and wrapped_under(k.wrapped_key) <> label limit most
$$;
-- The same personal values of entries under another key. The chain has their salted hash: another text would be found.
create function reseal_personal(entries bigint[], fresh bytea[]) returns integer
language sql volatile security definer set search_path = public, pg_temp as $$
  with sealed as (
    update history_personal p set sealed = g.fresh from unnest(entries, fresh) as g(seq, fresh)
     where p.organisation_id = acting_organisation() and p.seq = g.seq and p.sealed is not null returning 1)
  select count(*)::integer from sealed
$$;

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['master_keys_in_use()', 'organisations_to_rewrap(bytea,integer)',
    'reseal_personal(bigint[],bytea[])'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
