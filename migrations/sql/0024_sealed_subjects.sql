-- An entry proves which subject it is about, and what a breach's row in the register came to; the end of a chain is
-- signed and goes outside.

-- With this secret an organisation alone can tell which entries are about one subject. sealed_from: the first entry
-- that has a tag.
create table history_seal (
  organisation_id uuid primary key references organisation,
  secret bytea not null default sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
  sealed_from bigint not null default 1,
  check (length(secret) = 32)
);
-- The end of one's own chain as it was, signed: after each decision and once a day. outside_at: when it is carried
-- outside (again).
create table signed_head (
  organisation_id uuid not null references organisation,
  seq bigint not null,
  head bytea not null,
  at timestamptz not null default now(),
  statement text not null,                             -- these bytes were signed
  signature bytea not null,
  key_id bytea not null,
  kept_at timestamptz,                                 -- since then it stands in the file that is written once
  stamp bytea,                                         -- the answer of a time-stamping authority (RFC 3161)
  stamped_at timestamptz,
  attempts integer not null default 0,
  outside_at timestamptz,
  primary key (organisation_id, seq),
  check ((stamp is null) = (stamped_at is null))
);
create index signed_head_outside on signed_head (outside_at) where outside_at is not null;
alter table history_head add column sign_at timestamptz;  -- when its end must be signed; null while it is
create index history_head_to_sign on history_head (sign_at) where sign_at is not null;

-- The key of one subject, which its own evidence shows, and the tag of one entry about it: no two tags look alike.
create function history_subject(secret bytea, subject uuid) returns bytea language sql immutable parallel safe as $$
  select sha256(secret || uuid_send(subject))
$$;
create function history_tag(secret bytea, subject uuid, seq bigint) returns bytea language sql immutable parallel safe
  as $$
  select sha256(history_subject(secret, subject) || int8send(seq))
$$;
-- Form 1 stands for what was chained before there were tags: its leaf is the hash of the form. In form 2 the leaf is
-- sha256(tag || sha256(form)).
create function history_text(form integer, organisation uuid, seq bigint, at timestamptz, subject_kind text,
                             subject_id uuid, what text, actor_id uuid, role text, for_id uuid, actor bytea,
                             version integer, terms text, details jsonb, personal bytea)
returns text language sql stable parallel safe as $$
  select json_build_array(form, organisation, seq, (extract(epoch from at) * 1000000)::bigint, subject_kind,
                          subject_id, what, actor_id, role, for_id, encode(actor, 'hex'), version, terms, details,
                          encode(personal, 'hex'))::text
$$;
create function history_form(h history, number bigint, s history_seal) returns text language sql stable parallel safe
  as $$
  select history_text(case when number < s.sealed_from then 1 else 2 end,
                      h.organisation_id, number, h.at, h.subject_kind, h.subject_id,
                      h.what, h.actor_id, h.role, h.for_id, h.actor, h.version, h.terms, h.details, h.personal)
$$;
create function history_leaf(h history, number bigint, s history_seal) returns bytea language sql stable parallel safe
  as $$
  select case when number < s.sealed_from then history_leaf(history_form(h, number, s))
              else sha256(history_tag(s.secret, h.subject_id, number) || history_leaf(history_form(h, number, s))) end
$$;
create function history_hash(before bytea, h history, number bigint, s history_seal) returns bytea
  language sql stable parallel safe as $$
  select sha256(coalesce(before, ''::bytea) || history_leaf(h, number, s))
$$;
create or replace view history_checked with (security_invoker = true) as
select h.organisation_id, h.seq, row_number() over chain as place,
       h.hash is not distinct from history_hash(lag(h.hash) over chain, h, h.seq, s) as follows,
       case when h.actor is null and h.person is null then 'none'
            when h.actor is null or p.id is null then 'altered'
            when p.erased_at is not null then 'erased'
            when sha256(p.salt || convert_to(p.name, 'UTF8')) = h.actor then 'whole' else 'altered' end as name
  from history h left join history_person p on p.organisation_id = h.organisation_id and p.id = h.person
  left join history_seal s on s.organisation_id = h.organisation_id
window chain as (partition by h.organisation_id order by h.seq);
create or replace function history_diagnosis(organisation uuid, broken bigint) returns text language sql stable as $$
  with seal as (select s from history_seal s where s.organisation_id = organisation),
  before as (
    select coalesce(max(seq), 0) as seq, (array_agg(hash order by seq desc))[1] as hash
      from (select seq, hash from history where organisation_id = organisation and seq < broken order by seq desc
          limit 1) last),
  here as (select h from history h where h.organisation_id = organisation and h.seq = broken),
  later as (  -- those that would follow here
    select x as h from history x, before, here, seal
     where x.organisation_id = organisation and x.seq > broken and x.seq <= broken + 1000
       and history_hash(before.hash, x, broken, seal.s) in (x.hash, (here.h).hash)),
  beside as (select h from history h where h.organisation_id = organisation and h.seq = broken + 1)
  select case
    when before.seq < broken - 1 then 'dropped'
    when exists (select from later where (later.h).seq > broken + 1
                    or (here.h).hash = (history_hash((later.h).hash, here.h, broken + 1, seal.s))
                    or (beside.h).hash = history_hash((here.h).hash, here.h, broken + 1, seal.s)) then 'swapped'
    when exists (select from later) then 'inserted'
    when (beside.h).hash = history_hash((here.h).hash, beside.h, broken + 2, seal.s) then 'dropped'
    when exists (select from history_head k where k.organisation_id = organisation and k.seq = broken + 1
        and k.hash = (here.h).hash) then 'dropped'
    else 'altered' end
    from seal, before, here left join beside on true
$$;
drop function history_hash(bytea, history, bigint);
drop function history_text(uuid, bigint, timestamptz, text, uuid, text, uuid, text, uuid, bytea, integer, text, jsonb,
    bytea);

-- What stands in the register of a breach: each entry about the breach bears its hash, so the register follows from
-- the chain.
-- Moments are microseconds since 1970.
create function register_moment(at timestamptz) returns bigint language sql immutable parallel safe as $$
  select (extract(epoch from at) * 1000000)::bigint
$$;
create function register_text(b breach) returns text language sql stable parallel safe as $$
  select json_build_object('reference', b.reference, 'title', b.title, 'processor_name', b.processor_name,
    'found_at', register_moment(b.found_at), 'happened_from', register_moment(b.happened_from),
    'happened_until', register_moment(b.happened_until), 'became_aware_at', register_moment(b.became_aware_at),
    'due_at', register_moment(b.due_at), 'description', b.description, 'facts', b.facts, 'people_min', b.people_min,
    'people_max', b.people_max, 'cause', b.cause, 'consequences', b.consequences, 'measures', b.measures, 'risk',
      b.risk,
    'risk_reason', b.risk_reason, 'people_exception', b.people_exception, 'people_reason', b.people_reason, 'decision',
      b.decision,
    'decision_reason', b.decision_reason, 'decided_at', register_moment(b.decided_at),
    'submitted_at', register_moment(b.submitted_at), 'authority_number', b.authority_number, 'late_reason',
      b.late_reason)::text
$$;
-- Which tags the entries about its escalation have is told too: so none of those can be left out either.
create function register_hash(b breach, secret bytea) returns jsonb language sql stable parallel safe as $$
  select jsonb_build_object('register', encode(sha256(convert_to(register_text(b), 'UTF8')), 'hex'))
      || case when b.escalation_id is null then '{}'
              else jsonb_build_object('escalation', encode(history_subject(secret, b.escalation_id), 'hex')) end
$$;
-- After these the end of the chain is signed at once; after all else within a day.
create function is_decision(what text) returns boolean language sql immutable parallel safe as $$
  select what in ('ap_notification.approve', 'ap_notification.submit', 'bulk_notice.approve', 'bulk_notice.release',
      'glass.broken')
$$;

-- As in 0010: the heads are locked in one order by everybody, and last of all. New are tags, and the register's hash
-- in details.
create or replace function chain_entries(entries history_entry[]) returns void
  language plpgsql set search_path = public, pg_temp as $$
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
    select g.*, k.hash as before, k.seq + row_number() over of_one as seq, s.secret, p.person, p.actor,
           case when b.id is null then g.details else g.details || register_hash(b, s.secret) end as known,
           lead(g.ordinality) over of_one is null as is_last,
             bool_or(is_decision(g.what)) over (partition by g.organisation_id) as decides
      from given g left join history_head k on k.organisation_id = g.organisation_id
      left join history_seal s on s.organisation_id = g.organisation_id
      left join breach b on g.subject_kind = 'breach' and b.organisation_id = g.organisation_id and b.id = g.subject_id
      left join people p on p.organisation_id = g.organisation_id and p.actor_name = g.actor_name
                        and p.actor_id is not distinct from g.actor_id
    window of_one as (partition by g.organisation_id order by g.ordinality)),
  chained as (
    select x.*, history_chained(before, sha256(history_tag(secret, subject_id, seq) || history_leaf(history_text(2,
             organisation_id, seq, now(), subject_kind, subject_id, what, actor_id, role, for_id, actor, version,
               terms, known, personal))))
             over (partition by organisation_id order by ordinality rows unbounded preceding) as hash
      from placed x),
  kept as (
    insert into history_personal (organisation_id, seq, salt, sealed)
    select organisation_id, seq, salt, sealed from chained where personal is not null),
  written as (
    insert into history (organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor,
        version, terms,
                         details, personal, hash)
    select organisation_id, seq, subject_kind, subject_id, what, actor_id, role, for_id, person, actor, version, terms,
      known,
           personal, hash from chained)
  update history_head k set seq = last.seq, hash = last.hash,
         sign_at = least(k.sign_at, now() + case when last.decides then interval '0' else interval '1 day' end)
    from chained last where last.is_last and k.organisation_id = last.organisation_id;
end $$;
create or replace function begin_history() returns trigger language plpgsql as $$
begin
  insert into history_head (organisation_id) select id from fresh;
  insert into history_seal (organisation_id) select id from fresh;
  return null;
end $$;

-- Whose chain must be signed now, for whoever asks: who is in turn waits ten minutes if it fails, and holds up nobody.
create function take_heads_to_sign(most integer) returns setof uuid
language sql security definer set search_path = public, pg_temp as $$
  update history_head set sign_at = now() + interval '10 minutes'
   where organisation_id in (select organisation_id from history_head where sign_at <= now() order by sign_at limit most
                                for update skip locked)
  returning organisation_id
$$;
-- Keep a signed end of one's own chain. False when it is no end of this chain, or was kept before.
create function keep_signed_head(statement text, signature bytea, outside boolean) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  number constant bigint := statement::jsonb->>'seq';
begin
  insert into signed_head (organisation_id, seq, head, statement, signature, key_id, outside_at)
  select me, h.seq, h.hash, keep_signed_head.statement, keep_signed_head.signature, k.id, case when outside
    then now() end
    from history h join signing_key k on k.organisation_id = me and k.ended_at is null
   where h.organisation_id = me and h.seq = number and encode(h.hash, 'hex') = statement::jsonb->>'head'
     and statement::jsonb->>'organisation' = me::text
  on conflict do nothing;
  if not found then return false; end if;
  update history_head k set sign_at = null where k.organisation_id = me and k.seq = number;
  return true;
end $$;
-- Which signed ends must be carried outside now. Whoever takes them has a minute; then they come again, later and
-- later.
create function take_heads_to_carry(most integer) returns table (organisation_id uuid, seq bigint)
language sql security definer set search_path = public, pg_temp as $$
  update signed_head s set attempts = s.attempts + 1,
         outside_at = now() + interval '1 minute' * power(2, least(s.attempts, 6))
    from (select x.organisation_id, x.seq from signed_head x where x.outside_at <= now()
           order by x.outside_at limit most
             for update skip locked) due
   where s.organisation_id = due.organisation_id and s.seq = due.seq
  returning s.organisation_id, s.seq
$$;
create function head_is_outside(number bigint, in_file boolean, answer bytea, whole boolean) returns void
language sql security definer set search_path = public, pg_temp as $$
  update signed_head set kept_at = case when in_file then coalesce(kept_at, now()) else kept_at end,
         stamp = coalesce(stamp, answer), stamped_at = case when answer is null then stamped_at
           else coalesce(stamped_at, now()) end,
         outside_at = case when whole then null else outside_at end
   where organisation_id = acting_organisation() and seq = number
$$;
-- How many signed ends wait to be carried outside, and how many seconds the oldest has waited. No content comes out
-- of here.
create function heads_waiting() returns table (waiting bigint, oldest_s double precision)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*), coalesce(extract(epoch from now() - min(at)), 0)::double precision from signed_head
    where outside_at is not null
$$;

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  t text;
  door text;
begin
  foreach t in array array['history_seal', 'signed_head'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy owned on %I to meldketen_app using (organisation_id = %s)', t, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select on %I to meldketen_app', t);
    execute format('grant select, insert on %I to meldketen_door', t);
  end loop;
  grant create on schema public to meldketen_door;
  foreach door in array array['take_heads_to_sign(integer)', 'keep_signed_head(text,bytea,boolean)',
    'take_heads_to_carry(integer)',
      'head_is_outside(bigint,boolean,bytea,boolean)', 'heads_waiting()'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
grant update on signed_head to meldketen_door;

-- As in 0018; new: the register that an office's agreements lead to again has an entry of each.
create or replace function leave_register(office uuid, controller uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  fresh uuid;
begin
  select register_of(office, o.kvk_number, (select a.controller_name from processing_agreement a
           where a.processor_id = office and a.controller_id = controller order by a.id desc limit 1))
    into fresh from organisation o
   where o.id = controller and exists (select from processing_agreement a
                                        where a.processor_id = office and a.controller_id = controller);
  if fresh is not null then
    update agreed_service set controller_id = fresh where processor_id = office and controller_id = controller;
    with moved as (
      update processing_agreement set controller_id = fresh where processor_id = office and controller_id = controller
      returning id, client_number, in_force_from)
    insert into history_pending (organisation_id, entry)
    select fresh, row(fresh, 'agreement', m.id, 'agreement.registered', null, null, 'processor', null, null, null,
                      jsonb_build_object('by', o.name, 'client_number', m.client_number, 'in_force_from', m.in_force_from),
                      null, null, null)::history_entry
      from moved m join organisation o on o.id = office;
  end if;
end $$;
-- A register whose breaches went on in another says so in its own history, whichever act did it.
create function remember_joining() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform record_across(new.id, 'organisation', new.id, 'register.joined', null, null, 'controller', null, '{}');
  return null;
end $$;
create trigger remember_joining after update of joined_into on organisation for each row
  when (old.joined_into is distinct from new.joined_into) execute function remember_joining();

-- What was there: chains get their secret; an entry says where tags begin, and one which key signs. As the tables'
-- owner, who looks past no policy.
do $$
declare
  t text;
  entries history_entry[];
begin
  foreach t in array array['organisation', 'history', 'history_head', 'history_person', 'history_personal',
    'history_seal', 'breach',
      'signing_key'] loop
    execute format('alter table %I no force row level security', t);
  end loop;
  insert into history_seal (organisation_id, sealed_from) select organisation_id, seq + 1 from history_head;
  select array_agg(row(x.organisation_id, 'organisation', x.organisation_id, x.what, null, null, null, null, null,
      null, x.details, null,
                       null, null)::history_entry order by x.what)
    into entries
    from (select organisation_id, 'history.sealed' as what, jsonb_build_object('entries', seq) as details
        from history_head where seq > 0
          union all
          select organisation_id, 'signing_key.begun', jsonb_build_object('key', encode(id, 'hex'), 'public_key',
              encode(public_key, 'hex'))
            from signing_key where ended_at is null) x;
  if entries is not null then
    perform chain_entries(entries);
  end if;
  foreach t in array array['organisation', 'history', 'history_head', 'history_person', 'history_personal',
    'history_seal', 'signed_head',
      'breach', 'signing_key'] loop
    execute format('alter table %I force row level security', t);
  end loop;
end $$;
