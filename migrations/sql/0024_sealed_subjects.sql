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
