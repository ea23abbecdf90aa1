-- Mail that could harm waits: a notice of an organisation that is not proven, and what exceeds a limit of the day.
-- It is written, never lost.
alter table mail_batch drop constraint mail_batch_state_check;
alter table mail_batch add constraint mail_batch_state_check check
  (state in ('listed', 'planned', 'held', 'sending', 'accepted', 'rejected', 'stopped', 'unknown'));
alter table mail_batch
  add column held_for text check (held_for in ('not_verified', 'organisation', 'address')),
  add column held_until timestamptz,                   -- then it goes on by itself; null: it waits for a person
  add constraint held_says_why check ((state = 'held') = (held_for is not null));
-- Invitations that were planned before they said whose register it is go as they are.
update mail_batch set common = common || '{"whose": ""}'
 where purpose = 'invitation' and text_key = 'invitation' and state <> 'accepted' and not common ? 'whose';
create index batch_held on mail_batch (organisation_id, held_until) where state = 'held';

-- How many mails of a kind were planned for a day: of one organisation, and to one address. An address has a row
-- for each organisation that writes to it, whose fingerprint holds that organisation too, and a row for all of them.
create table mail_count (
  organisation_id uuid not null references organisation,
  purpose text not null check (purpose in ('invitation', 'notice', 'reset', 'security')),
  day date not null,
  mails integer not null check (mails >= 0),
  primary key (organisation_id, purpose, day)
);
create table mail_to_address (
  day date not null,
  purpose text not null check (purpose in ('invitation', 'notice', 'reset', 'security')),
  address_hash bytea not null check (length(address_hash) = 32),  -- keyed: useless without the master key
  mails integer not null,
  primary key (day, purpose, address_hash)
);

create function start_of_mail_day(ahead integer) returns timestamptz language sql stable
return ((now() at time zone 'Europe/Amsterdam')::date + ahead)::timestamp at time zone 'Europe/Amsterdam';

-- Whether this transaction may count for a key. The first count of a transaction waits for its turn; a later one waits
-- for nobody, or two transactions could wait for each other. What it may not count goes uncounted.
create function may_count(what integer, which integer, waits boolean) returns boolean language plpgsql volatile as $$
begin
  if waits then
    perform pg_advisory_xact_lock(what, which);
    return true;
  end if;
  return pg_try_advisory_xact_lock(what, which);
end $$;

-- Counts a whole plan for the day that begins so many days from now: for each mail "ok", or which limit it exceeds;
-- that one is not counted. A mail without a hash is to a whole list. The keys are taken in one order for everybody.
-- An organisation's first mail of a day to an address has ten times the room that others together leave it, so nobody
-- writes so much that another's mail waits. For a later day only its own mails count: nobody books an address.
create function count_mails(kind text, hashes bytea[], ahead integer, most integer, most_to_address integer,
                            most_of_all integer)
returns text[] language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  on_day constant date := (now() at time zone 'Europe/Amsterdam')::date + ahead;
  waits constant boolean := current_setting('app.counted', true) is distinct from 'yes';
  own boolean;
  room integer;
  bucket integer;
  buckets integer[] := '{}';
  answers text[];
begin
  own := may_count(2300, hashtext(me || kind), waits);
  for bucket in select distinct hashtext(encode(h, 'hex')) % 512 from unnest(hashes) h where h is not null
                 order by 1 loop
    if may_count(2301, bucket, waits) then buckets := buckets || bucket; end if;
  end loop;
  perform set_config('app.counted', 'yes', true);
  if own then
    insert into mail_count (organisation_id, purpose, day, mails) values (me, kind, on_day, 0) on conflict do nothing;
    select greatest(most - mails, 0) into room from mail_count
     where organisation_id = me and purpose = kind and day = on_day;
  end if;
  with listed as (
    select nth, hash, sha256(hash || uuid_send(me)) as own_hash,
           coalesce(hashtext(encode(hash, 'hex')) % 512 = any(buckets), false) as counts,
           row_number() over (partition by hash order by nth) as place
      from unnest(hashes) with ordinality as h(hash, nth)),
  fitting as (
    select l.*, l.counts and (coalesce(mine.mails, 0) + l.place > most_to_address or coalesce(every.mails, 0) + l.place
             > most_of_all * case when coalesce(mine.mails, 0) + l.place = 1 then 10 else 1 end) as is_over
      from listed l
      left join mail_to_address mine on mine.day = on_day and mine.purpose = kind and mine.address_hash = l.own_hash
      left join mail_to_address every on ahead = 0 and every.day = on_day and every.purpose = kind
                                     and every.address_hash = l.hash),
  answered as (
    select nth, hash, own_hash, counts, case when is_over then 'address'
           when count(*) filter (where not is_over) over (order by nth) > room then 'organisation'
           else 'ok' end as answer
      from fitting),
  to_address as (
    insert into mail_to_address as c (day, purpose, address_hash, mails)
    select on_day, kind, h.key, count(*)
      from answered cross join lateral (values (own_hash), (case when ahead = 0 then hash end)) h(key)
     where answer = 'ok' and counts and h.key is not null group by h.key
    on conflict (day, purpose, address_hash) do update set mails = c.mails + excluded.mails)
  select array_agg(answer order by nth) into answers from answered;
  if own then
    update mail_count set mails = mails + coalesce(cardinality(array_positions(answers, 'ok')), 0)
     where organisation_id = me and purpose = kind and day = on_day;
  end if;
  return answers;
end $$;

-- What is held goes on through a door alone; and a notice is planned only by an organisation that is proven.
create function keep_held() returns trigger language plpgsql as $$
begin
  if current_user = 'meldketen_door' then return new; end if;
  if old.state = 'held' and new.state <> 'held' then
    raise exception 'this mail waits' using errcode = 'check_violation', constraint = 'held_mail_waits';
  end if;
  if old.state = 'listed' and new.state = 'planned' and new.purpose = 'notice'
     and not exists (select from organisation o where o.id = new.organisation_id and o.verified_at is not null
                        for share) then  -- nobody takes the proof back before this is planned
    raise exception 'nobody proved whose notice this is'
      using errcode = 'check_violation', constraint = 'notice_of_verified';
  end if;
  return new;
end $$;
create trigger held_mail_waits before update of state on mail_batch
  for each row when (old.state in ('held', 'listed')) execute function keep_held();

-- Lets these go, and wakes what waited for them; how many batches.
create function let_go(held uuid[]) returns integer
language plpgsql volatile set search_path = public, pg_temp as $$
declare
  about uuid;
  batches integer;
begin
  update mail_batch set state = 'planned', held_for = null, held_until = null, not_before = now()
   where organisation_id = acting_organisation() and id = any(held) and state = 'held';
  get diagnostics batches = row_count;
  for about in select distinct about_id from mail_batch
                where organisation_id = acting_organisation() and id = any(held) and purpose = 'notice' loop
    perform wake_steps(acting_organisation(), about);
  end loop;
  return batches;
end $$;
-- What waited for the proof goes, as many notices as the day has; the others wait for a day, or for the operator.
create function release_verified_mail(most integer, days_ahead integer) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  waiting record;
  day integer;
  batches integer := 0;
begin
  if not exists (select from organisation where id = me and verified_at is not null for share) then return 0; end if;
  -- In a register that nobody opened there is nobody whose mail this could be.
  if not exists (select from membership where organisation_id = me and role in ('privacy_officer', 'handler', 'owner'))
  then return 0; end if;
  for waiting in select about_id, array_agg(id) as ids from mail_batch
                  where organisation_id = me and state = 'held' and held_for = 'not_verified'
                  group by about_id order by min(created_at), about_id loop
    day := 0;
    while day <= days_ahead and count_mails('notice', array[null::bytea], day, most, 0, 0) <> array['ok'] loop
      day := day + 1;
    end loop;
    if day = 0 then
      batches := batches + let_go(waiting.ids);
    else
      update mail_batch set held_for = 'organisation',
             held_until = case when day <= days_ahead then start_of_mail_day(day) end
       where organisation_id = me and id = any(waiting.ids);
    end if;
  end loop;
  return batches;
end $$;
-- Whoever is no longer proven sends no notice: what is planned, or waits for its day, waits for the proof.
create function hold_notices() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update mail_batch set state = 'held', held_for = 'not_verified', held_until = null
   where organisation_id = new.id and purpose = 'notice' and state in ('planned', 'held');
  return null;
end $$;
create trigger notices_of_unproven after update of verified_at on organisation
  for each row when (old.verified_at is not null and new.verified_at is null) execute function hold_notices();
create function release_held_mail(act_id uuid) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'release_mail');
begin
  return let_go(array(select b.id from mail_batch b
                       where b.organisation_id = allowed.organisation_id and b.state = 'held'
                         and b.about_id = allowed.about_id));
end $$;
-- Of all organisations: what waited for its day. A notice whose run or organisation somebody is busy with goes a
-- moment later, so nobody's holds up another's. Counts of before today are forgotten.
create function let_mail_of_today_go() returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  batches integer;
  due record;
  so_many integer;
begin
  update mail_batch set state = 'planned', held_for = null, held_until = null
   where state = 'held' and held_until <= now() and purpose <> 'notice';
  get diagnostics batches = row_count;
  for due in select distinct organisation_id, about_id from mail_batch
              where state = 'held' and held_until <= now() and purpose = 'notice' loop
    perform from run where organisation_id = due.organisation_id and subject_id = due.about_id for update skip locked;
    continue when not found;
    perform from organisation where id = due.organisation_id and verified_at is not null for share skip locked;
    continue when not found;
    update mail_batch set state = 'planned', held_for = null, held_until = null
     where organisation_id = due.organisation_id and about_id = due.about_id and purpose = 'notice'
       and state = 'held' and held_until <= now();
    get diagnostics so_many = row_count;
    batches := batches + so_many;
    perform wake_steps(due.organisation_id, due.about_id);
  end loop;
  delete from mail_to_address where day < (now() at time zone 'Europe/Amsterdam')::date;
  return batches;
end $$;
-- For the operator: what waits, of all organisations.
create function held_mail() returns table (slug text, purpose text, about_id uuid, held_for text,
                                           held_until timestamptz, since timestamptz, people bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.slug, b.purpose, b.about_id, b.held_for, min(b.held_until), min(b.created_at),
         sum((select count(*) from recipient r
               where r.organisation_id = b.organisation_id and r.batch_id = b.id))::bigint
    from mail_batch b join organisation o on o.id = b.organisation_id
   where b.state = 'held' group by 1, 2, 3, 4 order by 6, 1, 3
$$;
create function limit_mail(act_id uuid, kind text, most integer) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'limit_mail');
begin
  update organisation set mail_limits = mail_limits || jsonb_build_object(kind, most)
   where id = allowed.organisation_id;
end $$;
create function allow_links(act_id uuid, domains text[]) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'allow_links');
begin
  update organisation set web_domains = domains where id = allowed.organisation_id and verified_at is not null;
  if not found then
    raise exception 'not verified' using errcode = 'check_violation', constraint = 'links_of_verified';
  end if;
end $$;

do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  door text;
begin
  alter table mail_count enable row level security;
  alter table mail_count force row level security;
  execute format('create policy owned on mail_count to meldketen_app using (organisation_id = %s)
                  with check (organisation_id = %s)', me, me);
  create policy door on mail_count to meldketen_door using (true) with check (true);
  grant select on mail_count to meldketen_app;
  grant select, insert, update, delete on mail_count to meldketen_door;
  grant select, insert, update, delete on mail_to_address to meldketen_door;
  grant create on schema public to meldketen_door;
  foreach door in array array['count_mails(text,bytea[],integer,integer,integer,integer)',
      'release_verified_mail(integer,integer)', 'release_held_mail(uuid)', 'let_mail_of_today_go()',
      'hold_notices()', 'limit_mail(uuid,text,integer)',
      'allow_links(uuid,text[])', 'held_mail()'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke execute on function held_mail() from meldketen_app;
  execute format('grant execute on function held_mail() to %I', current_user);
  revoke execute on function let_go(uuid[]), may_count(integer, integer, boolean) from public;
  grant execute on function may_count(integer, integer, boolean) to meldketen_door;
  grant execute on function let_go(uuid[]) to meldketen_door;
  revoke create on schema public from meldketen_door;
end $$;
