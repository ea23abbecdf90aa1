-- What each party knows of the other's chain, signed: an escalation carries the processor's head, receipt and decision
-- the controller's.

-- With what an organisation signs. Wrapped by the master key itself: a data key that is destroyed takes no proof with
-- it.
create table signing_key (
  organisation_id uuid not null references organisation,
  id bytea not null,
  public_key bytea not null,
  wrapped_key bytea,                                   -- the private part; gone once another key took its place
  begun_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (organisation_id, id),
  check (length(public_key) = 32 and id = substr(sha256(public_key), 1, 16)),
  check ((wrapped_key is null) = (ended_at is not null))
);
create unique index signing_key_now on signing_key (organisation_id, ended_at) nulls not distinct;
create trigger ended_for_good before update on signing_key
  for each row when (old.ended_at is not null) execute function refuse_change();

-- The end of another's chain as it was, with its signature: organisation_id holds it, from_organisation cannot take it
-- back.
create table carried_head (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  from_organisation uuid not null references organisation,
  escalation_id uuid not null,
  seq bigint not null,
  head bytea not null,
  statement text not null,                             -- these bytes were signed
  signature bytea not null,
  public_key bytea not null,
  received_at timestamptz not null default now(),
  primary key (organisation_id, id)
);
create index carried_head_of_escalation on carried_head (organisation_id, escalation_id);
create index carried_head_from on carried_head (from_organisation, seq);
create trigger written_once before update or delete on carried_head for each row execute function keep_history();
create trigger never_emptied before truncate on carried_head for each statement execute function keep_history();

-- Give heads of one's own chain to the other parties of escalations: kept there, and chained there. given:
-- [{"statement", "signature"}]
create function carry_heads(given jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  n integer;
begin
  with told as materialized (
    select x.statement, decode(x.signature, 'hex') as signature, p.organisation, p.seq, decode(p.head, 'hex') as head,
      p.about, p."to" as party
      from jsonb_to_recordset(given) as x(statement text, signature text),
           jsonb_to_record(x.statement::jsonb) as p(organisation uuid, seq bigint, head text, about uuid, "to" uuid)
  ),
  kept as (
    insert into carried_head (organisation_id, from_organisation, escalation_id, seq, head, statement, signature,
      public_key)
    select t.party, me, e.id, t.seq, t.head, t.statement, t.signature, k.public_key
      from told t
      join escalation e on e.processor_id = any (array[me, t.party]) and e.id = t.about
                       and (e.processor_id, e.controller_id) in ((me, t.party), (t.party, me))
      join history h on h.organisation_id = me and h.seq = t.seq and h.hash = t.head
      join signing_key k on k.organisation_id = me and k.ended_at is null
     where t.organisation = me
    returning organisation_id, escalation_id, seq, head, public_key
  ),
  remembered as (
    insert into history_pending (organisation_id, entry)
    select k.organisation_id, row(k.organisation_id, 'escalation', k.escalation_id, 'head.received', null, null,
             case when e.processor_id is null then 'controller' else 'processor' end, null, null, null,
             jsonb_build_object('by', o.name, 'seq', k.seq, 'head', encode(k.head, 'hex'),
                                'key', encode(substr(sha256(k.public_key), 1, 16), 'hex')), null, null,
                                  null)::history_entry
      from kept k join organisation o on o.id = me
      left join escalation e on e.processor_id = me and e.id = k.escalation_id
  )
  select count(*) into n from kept;
  if n <> jsonb_array_length(given) then
    raise insufficient_privilege using message = 'carried head: not between these parties, or not of this chain';
  end if;
  return n;
end $$;

-- What others hold of the chain of whoever asks.
create function heads_held_of_me() returns table (
  holder uuid, holder_name text, escalation_id uuid, seq bigint, head bytea, statement text, signature bytea,
    public_key bytea,
  received_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.organisation_id, o.name, c.escalation_id, c.seq, c.head, c.statement, c.signature, c.public_key,
    c.received_at
    from carried_head c join organisation o on o.id = c.organisation_id
   where c.from_organisation = acting_organisation() order by c.seq, c.organisation_id, c.id
$$;
-- What whoever asks holds of others; whether their chains still have it, and the key was theirs then. No more of them
-- comes out of here.
create function heads_that_i_hold() returns table (
  giver uuid, giver_name text, escalation_id uuid, seq bigint, head bytea, statement text, signature bytea,
    public_key bytea,
  received_at timestamptz, stands boolean, key_known boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.from_organisation, o.name, c.escalation_id, c.seq, c.head, c.statement, c.signature, c.public_key,
    c.received_at,
         exists (select from history h where h.organisation_id = c.from_organisation and h.seq = c.seq
           and h.hash = c.head),
         exists (select from signing_key k where k.organisation_id = c.from_organisation and k.public_key = c.public_key
                    and c.received_at between k.begun_at and coalesce(k.ended_at, 'infinity'))
    from carried_head c join organisation o on o.id = c.from_organisation
   where c.organisation_id = acting_organisation() order by c.received_at, c.id
$$;

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  t text;
  door text;
begin
  foreach t in array array['signing_key', 'carried_head'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owned on %I to meldketen_app using (organisation_id = %s) '
      'with check (organisation_id = %s)', t, me, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select on %I to meldketen_app, meldketen_door', t);
  end loop;
  grant create on schema public to meldketen_door;
  foreach door in array array['carry_heads(jsonb)', 'heads_held_of_me()', 'heads_that_i_hold()'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
grant insert, update (wrapped_key, ended_at) on signing_key to meldketen_app;
grant insert on carried_head to meldketen_door;
