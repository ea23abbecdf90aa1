-- The engine: a step is a row, a job is a hint.
create table run (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  workflow text not null,
  version integer not null,
  subject_id uuid not null,
  state text not null default 'running' check (state in ('running', 'done', 'exempt', 'failed', 'cancelled')),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organisation_id, id),
  unique (organisation_id, subject_id, workflow)
);
create table step (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  run_id uuid not null,
  name text not null,
  round integer not null default 1,
  kind text not null check (kind in ('human', 'job', 'start', 'unless')),
  state text not null check (state in ('ready', 'running', 'waiting', 'done', 'failed', 'cancelled')),
  ready_at timestamptz not null default now(),
  attempt integer not null default 0,
  lease_token uuid, lease_until timestamptz,
  error text,
  outcome text, reason text,
  done_by uuid, done_by_name text, done_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, run_id, name, round),
  foreign key (organisation_id, run_id) references run (organisation_id, id),
  check ((state = 'running') = (lease_token is not null))
) with (fillfactor = 70);
create index step_ready on step (organisation_id, ready_at, id) where state = 'ready';
create index step_of_people on step (organisation_id, id) where kind = 'human' and state = 'waiting';
create index step_leased on step (lease_until) where state = 'running';
create table clock (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  run_id uuid not null,
  name text not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'met', 'cancelled')),
  started_at timestamptz, alarm_at timestamptz, due_at timestamptz,
  moments timestamptz[] not null default '{}',         -- when it must be heard, in order
  heard integer not null default 0,                    -- how many of them were
  next_at timestamptz,
  stopped_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, run_id, name),
  foreign key (organisation_id, run_id) references run (organisation_id, id),
  check (state <> 'running' or alarm_at is not null)
) with (fillfactor = 70);
create index clock_next on clock (next_at) where next_at is not null;
create index clock_next_of_organisation on clock (organisation_id, next_at) where next_at is not null;

-- Mail: intent first, then the call.
create table mail_batch (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  purpose text not null check (purpose in ('escalation', 'reminder', 'invitation', 'notice')),
  about_id uuid not null,
  text_key text not null, locale text not null, common jsonb not null default '{}',
  state text not null default 'planned' check (state in ('planned', 'sending', 'accepted', 'rejected', 'stopped',
    'unknown')),
  not_before timestamptz not null default now(),
  token uuid, lease_until timestamptz, attempt integer not null default 0,
  message_id text, error text, answered_at timestamptz,
  resend_of uuid,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  check ((state = 'sending') = (token is not null))
);
create index batch_planned on mail_batch (organisation_id, not_before, id) where state = 'planned';
create index batch_leased on mail_batch (lease_until) where state = 'sending';
create index batch_about on mail_batch (organisation_id, about_id);
create table recipient (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  purpose text not null,
  about_id uuid not null,
  batch_id uuid,
  sealed bytea not null,                               -- name, address, values: under the organisation's own key
  address_hash bytea not null,
  state text not null default 'planned' check (state in
    ('planned', 'unknown', 'accepted', 'processed', 'deferred', 'delivered', 'bounced', 'dropped', 'rejected')),
  state_at timestamptz not null default now(),
  reason text,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, batch_id) references mail_batch (organisation_id, id)
) with (fillfactor = 80);
create unique index recipient_once on recipient (organisation_id, about_id, address_hash) where purpose = 'notice';
create index recipient_about on recipient (organisation_id, about_id, state);
create index recipient_batch on recipient (organisation_id, batch_id);
create index recipient_by_id on recipient (id);
create table mail_event (
  organisation_id uuid not null references organisation,
  sg_event_id text not null check (length(sg_event_id) <= 100),
  recipient_id uuid not null,
  batch_id uuid not null,
  event text not null,
  at timestamptz not null,
  reason text,
  received_at timestamptz not null default now(),
  primary key (organisation_id, sg_event_id)
);
create index event_of_recipient on mail_event (organisation_id, recipient_id, at);
create table idempotent_answer (
  organisation_id uuid not null references organisation,
  key text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  status integer, body jsonb,
  created_at timestamptz not null default now(),
  primary key (organisation_id, key)
);
