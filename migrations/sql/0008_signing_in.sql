-- How somebody proves who they are. Identity: outside the organisations, on the named list of tests/tenants/tables.py.
alter table app_user alter column password_hash drop not null;  -- null: a passkey is the only way in
alter table login_session add column browser text not null default '' check (length(browser) <= 60);
create index session_lapsed on login_session (expires_at);

-- The codes of an app. `next_sealed` is a secret that was shown and not yet confirmed: the old one works until it is.
create table user_totp (
  user_id uuid primary key references app_user,
  sealed bytea,
  last_counter bigint not null default 0,              -- a code works once
  confirmed_at timestamptz,
  next_sealed bytea,
  next_begun_at timestamptz,
  check ((sealed is null) = (confirmed_at is null)),
  check ((next_sealed is null) = (next_begun_at is null))
);
create table recovery_code (
  user_id uuid not null references app_user,
  code_hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (user_id, code_hash)
);
create table passkey (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_user,
  credential_id bytea not null unique check (length(credential_id) <= 1023),
  public_key bytea not null,
  sign_count bigint not null,
  name text not null check (length(trim(name)) between 1 and 60),
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index passkey_of_user on passkey (user_id, id);
-- What a browser must sign: once, within five minutes.
create table passkey_challenge (
  challenge_hash bytea primary key,
  purpose text not null check (purpose in ('login', 'proof', 'new')),
  user_id uuid references app_user,
  expires_at timestamptz not null,
  check ((purpose = 'login') = (user_id is null))
);
create index challenge_lapsed on passkey_challenge (expires_at);
create table password_reset (
  token_hash bytea primary key,
  user_id uuid not null references app_user,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index reset_of_user on password_reset (user_id) where used_at is null;

-- Every attempt counts as failed until it succeeds. Hashes with a key: no address of a person or a machine can be read
-- here.
create table login_attempt (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('password', 'code', 'passkey', 'reset', 'link')),
  account_hash bytea not null,
  browser_hash bytea not null,                         -- a known browser, else the address it came from
  address_hash bytea not null,
  at timestamptz not null default now(),
  good boolean not null default false
);
create index attempt_of_account on login_attempt (account_hash, at);
create index attempt_of_address on login_attempt (address_hash, kind, at) where not good;
create index attempt_old on login_attempt (at);

grant select, insert, update, delete on user_totp, recovery_code, passkey, passkey_challenge,
  login_attempt to meldketen_app;
grant delete on login_session to meldketen_app;        -- a month after it lapsed
grant usage on sequence login_attempt_id_seq to meldketen_app;
grant select, insert, update on password_reset to meldketen_app;

-- A mail of the house to one of its people: a link for a new password, or that something about logging in changed.
alter table mail_batch drop constraint mail_batch_purpose_check;
alter table mail_batch add constraint mail_batch_purpose_check
  check (purpose in ('escalation', 'reminder', 'invitation', 'notice', 'reset', 'security'));
