-- A seat is an organisation's; a factor is a person's own. Null: nothing to wait for.
-- somebody helped this person out of a lost factor; until a new one is set up
alter table app_user add column factors_taken_at timestamptz;
-- from when what was set up then counts where something is decided
alter table app_user add column proof_counts_from timestamptz;
alter table login_session add column password_at timestamptz;   -- when the password was given last in this session
update login_session set password_at = created_at where only_organisation is null;
alter table login_session add column browser_mark bytea;        -- a keyed hash of the mark in the browser's cookie
alter table invitation add column invited_by uuid references app_user;

-- Somebody who was given a seat that decides: from when it counts, who gave it, and which other owner agreed that it
-- counts at once.
alter table membership add column counts_from timestamptz, add column given_by uuid references app_user,
                       add column agreed_by uuid references app_user, add column agreed_at timestamptz;
alter table membership add constraint seat_agreed_by_another
  check (agreed_by is null or agreed_by not in (given_by, user_id));
alter table membership add constraint seat_agreed_when check ((agreed_by is null) = (agreed_at is null));
alter table deputy add column counts_from timestamptz;

-- Which earlier steps of the same decision were done by an account that looks like the same person: [{"step": "draft",
-- "why": ["mailbox"]}].
alter table step add column alike jsonb not null default '[]' check (jsonb_typeof(alike) = 'array');
grant update (alike) on step to meldketen_app;

-- Somebody lost their second factor. Identity: it is about a person, and every organisation where that person has a
-- seat has a say.
create table factor_request (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_user,
  asked_in uuid references organisation,                 -- null: the person asked, by a mailed link
  asked_by uuid references app_user,
  asked_at timestamptz not null default now(),
  counts_at timestamptz,                                 -- of a link: the person opened it, and this is 72 hours later
  token_hash bytea unique,
  ended_at timestamptz,
  ended_how text check (ended_how in ('done', 'stopped', 'has_factor', 'lapsed')),
  stopped_in uuid references organisation,
  stopped_by uuid references app_user,
  check ((asked_in is null) = (asked_by is null)),
  check ((asked_in is null) = (token_hash is not null)),
  check (counts_at is null or asked_in is null),
  check ((ended_at is null) = (ended_how is null))
);
create unique index factor_request_open on factor_request (user_id, (asked_in is null)) where ended_at is null;
create table factor_agreement (
  request_id uuid not null references factor_request,
  organisation_id uuid not null references organisation,
  agreed_by uuid not null references app_user,
  agreed_at timestamptz not null default now(),
  primary key (request_id, organisation_id)
);
grant select, insert, update on factor_request to meldketen_app;
grant select, insert on factor_agreement to meldketen_app;

-- Whose seat or second factor does not count yet approves, submits and releases nothing, and breaks no glass;
-- neither does a deputy who must wait.
create function seat_waits(organisation uuid, who uuid, whom uuid) returns boolean language sql stable as $$
  select exists (select from membership m where m.organisation_id = organisation and m.user_id in (who, whom)
    and m.counts_from > now())
      or exists (select from deputy d where d.organisation_id = organisation and d.deputy_id = who and d.of_user = whom
                    and d.starts_at <= now() and now() < d.ends_at and d.ended_at is null and d.counts_from > now())
$$;
-- A second factor in the place of a lost one counts a day later.
-- A login through the organisation's own provider has a factor of its own, which that provider vouches for.
create function factor_waits(organisation uuid, who uuid) returns boolean language sql stable as $$
  select exists (select from app_user u where u.id = who and u.proof_counts_from > now())
     and not exists (select from login_session s where s.user_id = who and s.only_organisation = organisation
                        and s.revoked_at is null and s.proof_at >= now() - interval '5 minutes')
$$;
create function keep_new_deciders_waiting() returns trigger language plpgsql as $$
begin
  if (tg_op = 'INSERT' or old.state <> 'done') and seat_waits(new.organisation_id, new.done_by, new.done_for) then
    raise exception 'this seat does not count yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  if (tg_op = 'INSERT' or old.state <> 'done') and factor_waits(new.organisation_id, new.done_by) then
    raise exception 'this second factor does not count yet'
      using errcode = 'check_violation', constraint = 'factor_counts';
  end if;
  return new;
end $$;
create trigger seat_counts_when_done before insert or update on step
  for each row when (new.kind = 'human' and new.state = 'done' and new.name in ('approve', 'submit', 'release')
                     and current_user <> 'meldketen_door')
  execute function keep_new_deciders_waiting();
create function keep_new_deciders_from_the_glass() returns trigger language plpgsql as $$
begin
  if seat_waits(new.organisation_id, new.by_user, new.by_for) then
    raise exception 'this seat does not count yet' using errcode = 'check_violation', constraint = 'seat_counts';
  end if;
  if factor_waits(new.organisation_id, new.by_user) then
    raise exception 'this second factor does not count yet'
      using errcode = 'check_violation', constraint = 'factor_counts';
  end if;
  return new;
end $$;
create trigger seat_counts_for_glass before insert on broken_glass
  for each row when (current_user <> 'meldketen_door') execute function keep_new_deciders_from_the_glass();
