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

-- How many mails of a kind were planned for a day: of one organisation, and to one address over all organisations.
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

-- Counts one mail for the day that begins so many days from now: "ok", or which limit it exceeds; then nothing is
-- counted.
create function count_mail(kind text, to_hash bytea, ahead integer, most integer, most_to_address integer) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  on_day constant date := (now() at time zone 'Europe/Amsterdam')::date + ahead;
begin
  insert into mail_count as c (organisation_id, purpose, day, mails)
  select acting_organisation(), kind, on_day, 1 where most > 0
  on conflict (organisation_id, purpose, day) do update set mails = c.mails + 1 where c.mails < most;
  if not found then return 'organisation'; end if;
  if to_hash is null then return 'ok'; end if;
  insert into mail_to_address as c (day, purpose, address_hash, mails) values (on_day, kind, to_hash, 1)
  on conflict (day, purpose, address_hash) do update set mails = c.mails + 1 where c.mails < most_to_address;
  if found then return 'ok'; end if;
  update mail_count set mails = mails - 1
   where organisation_id = acting_organisation() and purpose = kind and day = on_day;
  return 'address';
end $$;

-- What is held goes on through a door alone; and a notice is planned only by an organisation that is proven.
create function keep_held() returns trigger language plpgsql as $$
begin
  if current_user = 'meldketen_door' then return new; end if;
  if old.state = 'held' and new.state <> 'held' then
    raise exception 'this mail waits' using errcode = 'check_violation', constraint = 'held_mail_waits';
  end if;
  if old.state = 'listed' and new.state = 'planned' and new.purpose = 'notice'
     and not exists (select from organisation o where o.id = new.organisation_id and o.verified_at is not null) then
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
create function release_verified_mail() returns integer
language sql volatile security definer set search_path = public, pg_temp as $$
  select let_go(array(select b.id from mail_batch b
                        join organisation o on o.id = b.organisation_id and o.verified_at is not null
                       where b.organisation_id = acting_organisation() and b.state = 'held'
                         and b.held_for = 'not_verified'))
$$;
create function release_held_mail(act_id uuid) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  allowed operator_act := take_up(act_id, 'release_mail');
begin
  return let_go(array(select b.id from mail_batch b
                       where b.organisation_id = allowed.organisation_id and b.state = 'held'
                         and b.about_id = allowed.about_id));
end $$;
-- Of all organisations: what waited for its day. It cannot fail, so nobody's holds up another's. Counts of before today
-- are forgotten.
create function let_mail_of_today_go() returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  batches integer;
begin
  update mail_batch set state = 'planned', held_for = null, held_until = null
   where state = 'held' and held_until <= now();
  get diagnostics batches = row_count;
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
  grant select, insert, update on mail_count to meldketen_door;
  grant select, insert, update, delete on mail_to_address to meldketen_door;
  grant create on schema public to meldketen_door;
  foreach door in array array['count_mail(text,bytea,integer,integer,integer)', 'release_verified_mail()',
      'release_held_mail(uuid)', 'let_mail_of_today_go()', 'limit_mail(uuid,text,integer)',
      'allow_links(uuid,text[])', 'held_mail()'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke execute on function held_mail() from meldketen_app;
  execute format('grant execute on function held_mail() to %I', current_user);
  revoke execute on function let_go(uuid[]) from public;
  grant execute on function let_go(uuid[]) to meldketen_door;
  revoke create on schema public from meldketen_door;
end $$;
