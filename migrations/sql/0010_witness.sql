-- One chain of history per organisation. What was recorded before is carried over in order (at, subject, seq) and
-- chained anew.
alter table history no force row level security;
alter table organisation no force row level security;
alter table history rename to history_before;
alter index history_pkey rename to history_before_pkey;
create temp table old_chain on commit drop as  -- what the chains of before come to, and whether they were whole
  select h.organisation_id, count(*) as entries, (select count(*) from history_broken b
    where b.organisation_id = h.organisation_id) as broken,
         encode(sha256(string_agg(h.hash, ''::bytea order by h.subject_id) filter (where h.seq = last.seq)), 'hex')
           as heads
    from history_before h
    join (select organisation_id, subject_id, max(seq) as seq from history_before group by 1,
      2) last using (organisation_id, subject_id)
   group by h.organisation_id;
drop view history_broken;
drop function record_history(uuid, jsonb);
drop function history_hash(bytea, uuid, uuid, integer, timestamptz, text, uuid, text, jsonb);

-- personal, actor: what personal data comes to, salted; the data itself is beside it and can be erased.
create table history (
  organisation_id uuid not null,                       -- no foreign key: only a head lets an entry in
  seq bigint not null,
  subject_kind text not null,
  subject_id uuid not null,
  at timestamptz not null default now(),
  what text not null,
  actor_id uuid,
  role text,
  for_id uuid,                                         -- whose deputy the actor was
  person uuid,                                         -- where the actor's name is, if it is a person's
  actor bytea,                                         -- sha256(salt || name)
  version integer,                                     -- of the facts that the actor looked at
  terms text,                                          -- of the law, that applied
  details jsonb not null,
  personal bytea,                                      -- sha256(salt || text)
  hash bytea not null,
  primary key (organisation_id, seq)
);
create index history_of_subject on history (organisation_id, subject_id, seq);
create index history_with_personal on history (organisation_id, seq) where personal is not null;
-- The end of each chain: it shows a tail that was cut off, and who writes next waits for it.
create table history_head (
  organisation_id uuid primary key references organisation,
  seq bigint not null default 0,
  hash bytea not null default ''
) with (fillfactor = 50);
-- Names, one row per person; of the same person again under another name.
create table history_person (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  actor_id uuid,                                       -- null: typed in by whoever held a link
  name text,
  salt bytea,
  erased_at timestamptz,
  primary key (organisation_id, id),
  check ((name is null) = (erased_at is not null) and (name is null) = (salt is null))
);
create index person_of_actor on history_person (organisation_id, actor_id, name);
-- Other personal values of an entry, sealed with the organisation's key. plain: carried over from before there was
-- this table.
create table history_personal (
  organisation_id uuid not null references organisation,
  seq bigint not null,
  salt bytea,
  sealed bytea,
  plain text,
  erased_at timestamptz,
  primary key (organisation_id, seq),
  check ((salt is null) = (erased_at is not null) and num_nonnulls(sealed, plain) = num_nonnulls(salt))
);
create type history_entry as (
  organisation_id uuid, subject_kind text, subject_id uuid, what text, actor_id uuid, actor_name text, role text,
    for_id uuid,
  version integer, terms text, details jsonb, personal bytea, salt bytea, sealed bytea
);
-- What a door wrote in another's history, until the end of the same transaction.
create table history_pending (
  organisation_id uuid not null,
  id bigint generated always as identity,
  xact xid8 not null default pg_current_xact_id(),
  entry history_entry not null,
  primary key (organisation_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The canonical form of an entry: PostgreSQL's text of this array, whose hash is the leaf. The first element is the
-- form's number.
-- (json_build_array gives the same text as jsonb_build_array here, for details are jsonb; the others take no detour
-- through it.)
create function history_text(organisation uuid, seq bigint, at timestamptz, subject_kind text, subject_id uuid,
  what text,
                                        actor_id uuid, role text, for_id uuid, actor bytea, version integer, terms text,
                                        details jsonb, personal bytea)
returns text language sql stable parallel safe as $$
  select json_build_array(1, organisation, seq, (extract(epoch from at) * 1000000)::bigint, subject_kind, subject_id,
    what, actor_id,
                          role, for_id, encode(actor, 'hex'), version, terms, details, encode(personal, 'hex'))::text
$$;
create function history_leaf(form text) returns bytea language sql stable parallel safe
  as $$ select sha256(convert_to(form, 'UTF8')) $$;
-- What the hash of an entry must be after the one with this hash, if its number is this one.
create function history_hash(before bytea, h history, number bigint) returns bytea language sql stable parallel safe
  as $$
  select sha256(coalesce(before, ''::bytea) || history_leaf(history_text(h.organisation_id, number, h.at,
    h.subject_kind, h.subject_id,
           h.what, h.actor_id, h.role, h.for_id, h.actor, h.version, h.terms, h.details, h.personal)))
$$;
create function history_step(state bytea, before bytea, leaf bytea) returns bytea language plpgsql immutable parallel
  safe as $$
begin
  return sha256(coalesce(state, before) || leaf);
end $$;
create aggregate history_chained(bytea, bytea) (sfunc = history_step, stype = bytea);

-- Every entry, and whether it stands where it should, follows from the one before it, and bears the name that it was
-- made with.
create view history_checked with (security_invoker = true) as
select h.organisation_id, h.seq, row_number() over chain as place,
       h.hash = history_hash(lag(h.hash) over chain, h, h.seq) as follows,
       case when h.actor is null and h.person is null then 'none'
            when h.actor is null or p.id is null then 'altered'
            when p.erased_at is not null then 'erased'
            when sha256(p.salt || convert_to(p.name, 'UTF8')) = h.actor then 'whole' else 'altered' end as name
  from history h left join history_person p on p.organisation_id = h.organisation_id and p.id = h.person
window chain as (partition by h.organisation_id order by h.seq);
-- Why the chain breaks at this entry, as far as its neighbours tell.
create function history_diagnosis(organisation uuid, broken bigint) returns text language sql stable as $$
  with before as (
    select coalesce(max(seq), 0) as seq, (array_agg(hash order by seq desc))[1] as hash
      from (select seq, hash from history where organisation_id = organisation and seq < broken
        order by seq desc limit 1) last),
  here as (select h from history h where h.organisation_id = organisation and h.seq = broken),
  later as (  -- those that would follow here
    select x as h from history x, before, here
     where x.organisation_id = organisation and x.seq > broken and x.seq <= broken + 1000
       and history_hash(before.hash, x, broken) in (x.hash, (here.h).hash)),
  beside as (select h from history h where h.organisation_id = organisation and h.seq = broken + 1)
  select case
    when before.seq < broken - 1 then 'dropped'
    when exists (select from later where (later.h).seq > broken + 1 or (here.h).hash = (history_hash((later.h).hash,
      here.h, broken + 1))
                    or (beside.h).hash = history_hash((here.h).hash, here.h, broken + 1)) then 'swapped'
    when exists (select from later) then 'inserted'
    when (beside.h).hash = history_hash((here.h).hash, beside.h, broken + 2) then 'dropped'
    when exists (select from history_head k where k.organisation_id = organisation and k.seq = broken + 1
      and k.hash = (here.h).hash) then 'dropped'
    else 'altered' end
    from before, here left join beside on true
$$;
-- Over all organisations that one may see: how many breaks there are, of entries and of heads.
create view history_breaks with (security_invoker = true) as
select organisation_id, seq from history_checked where place <> seq or not follows or name = 'altered'
union all
select k.organisation_id, k.seq from history_head k
  left join lateral (select h.seq, h.hash from history h where h.organisation_id = k.organisation_id
    order by h.seq desc limit 1) last on true
 where (k.seq, k.hash) is distinct from (coalesce(last.seq, 0), coalesce(last.hash, ''::bytea))
union all
select distinct organisation_id, 0 from history h where not exists (select from history_head k
  where k.organisation_id = h.organisation_id);
grant select on history_checked, history_breaks to meldketen_app;

-- Chain entries, of any organisations, to what is there. The heads are locked in one order by everybody, and last of
-- all: nobody locks
-- anybody out. A name's row is found or made; that of a name that was typed in is always its own.
create function chain_entries(entries history_entry[]) returns void language plpgsql set search_path = public, pg_temp
  as $$
begin
  perform from history_head h where h.organisation_id in (select e.organisation_id from unnest(entries) e)
    order by h.organisation_id for update;
  insert into history_person (organisation_id, actor_id, name, salt)
  select who.*, uuid_send(gen_random_uuid())
    from (select distinct e.organisation_id, e.actor_id, e.actor_name from unnest(entries) e
      where e.actor_name is not null) who
   where who.actor_id is null or not exists (select from history_person p where p.organisation_id = who.organisation_id
                                                and p.actor_id = who.actor_id and p.name = who.actor_name);
  with given as materialized (select e.* from unnest(entries) with ordinality e),
  people as materialized (
    select distinct on (who.organisation_id, who.actor_id, who.actor_name) who.*, p.id as person,
           sha256(p.salt || convert_to(p.name, 'UTF8')) as actor
      from (select distinct organisation_id, actor_id, actor_name from given where actor_name is not null) who
      join history_person p on p.organisation_id = who.organisation_id and p.name = who.actor_name
                           and p.actor_id is not distinct from who.actor_id
     order by who.organisation_id, who.actor_id, who.actor_name, p.id desc),
  placed as (
    select g.*, k.hash as before, k.seq + row_number() over (partition by g.organisation_id order by g.ordinality)
      as seq,
           lead(g.ordinality) over (partition by g.organisation_id order by g.ordinality) is null as is_last, p.person,
             p.actor
      from given g left join history_head k on k.organisation_id = g.organisation_id
      left join people p on p.organisation_id = g.organisation_id and p.actor_name = g.actor_name
                        and p.actor_id is not distinct from g.actor_id),
  chained as (
    select x.*, history_chained(before, history_leaf(history_text(organisation_id, seq, now(), subject_kind, subject_id,
      what,
             actor_id, role, for_id, actor, version, terms, details, personal))) over (partition by organisation_id
               order by ordinality
             rows unbounded preceding) as hash
      from placed x),
  kept as (
    insert into history_personal (organisation_id, seq, salt, sealed)
    select organisation_id, seq, salt, sealed from chained where personal is not null),
  written as (
    insert into history (organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor,
      version, terms,
                         details, personal, hash)
    select organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor, version, terms,
      details,
           personal, hash from chained)
  update history_head k set seq = last.seq, hash = last.hash
    from chained last where last.is_last and k.organisation_id = last.organisation_id;
end $$;

-- Who acts writes its own entries, and with them what doors wrote in this transaction: the last statement before the
-- commit.
-- entries: [{"subject_kind","subject_id","what","actor_id","actor_name","role","for_id","version","terms","details",
--            "personal","salt","sealed"}], the last three in hexadecimals.
create function chain_history(entries jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  gathered history_entry[];
begin
  if me is null and entries <> '[]' then
    raise insufficient_privilege using message = 'nobody is acting';
  end if;
  with taken as (delete from history_pending p where p.xact = pg_current_xact_id() returning p.id, p.entry),
  both_kinds as (
    select 0 as kind, ord, (me, subject_kind, subject_id, what, actor_id, actor_name, role, for_id, version, terms,
           coalesce(details, '{}'), decode(personal, 'hex'), decode(salt, 'hex'), decode(sealed, 'hex'))::history_entry
             as entry
      from rows from (jsonb_to_recordset(entries) as (subject_kind text, subject_id uuid, what text, actor_id uuid,
        actor_name text,
             role text, for_id uuid, version integer, terms text, details jsonb, personal text, salt text, sealed text))
           with ordinality as e(subject_kind, subject_id, what, actor_id, actor_name, role, for_id, version, terms,
             details, personal,
             salt, sealed, ord)
    union all select 1, id, entry from taken)
  select array_agg(entry order by kind, ord) into gathered from both_kinds;
  if gathered is not null then
    perform chain_entries(gathered);
  end if;
end $$;

-- A door writes in another's history: it waits for the end of the transaction.
create function record_across(organisation uuid, subject_kind text, subject_id uuid, what text, actor_id uuid,
  actor_name text,
                              role text, terms text, details jsonb) returns void language sql set search_path = public,
                                pg_temp as $$
  insert into history_pending (organisation_id, entry)
  values (organisation, row(organisation, subject_kind, subject_id, what, actor_id, actor_name, role, null, null, terms,
                            details, null, null, null)::history_entry)
$$;
create function refuse_unchained() returns trigger language plpgsql security definer set search_path = public, pg_temp
  as $$
begin
  if exists (select from history_pending p where p.organisation_id = new.organisation_id and p.id = new.id) then
    raise exception 'history: what a door wrote was not chained';
  end if;
  return null;
end $$;
create constraint trigger unchained after insert on history_pending deferrable initially deferred
  for each row execute function refuse_unchained();

create function keep_history() returns trigger language plpgsql as $$
begin
  raise exception 'history is written once: % of % is refused', lower(tg_op),
    tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger written_once before update or delete on history for each row execute function keep_history();
create trigger never_emptied before truncate on history for each statement execute function keep_history();
create function begin_history() returns trigger language plpgsql as $$
begin
  insert into history_head (organisation_id) select id from fresh;
  return null;
end $$;

