-- What the processes tell about themselves. Nothing here is about an organisation or a person, so there are no
-- policies.
create table engine_pulse (
  kind text not null check (kind in ('worker', 'clock')),
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  last_tick_at timestamptz not null default now(),
  primary key (kind, host, pid)
) with (fillfactor = 50);
-- What the handlers took, since ever, by how long a call took: at_most is in seconds, the last one is infinity.
create table engine_handler (
  workflow text not null,
  step text not null,
  at_most double precision not null,
  calls bigint not null,
  steps bigint not null,
  failures bigint not null,
  seconds double precision not null,
  primary key (workflow, step, at_most)
) with (fillfactor = 50);
grant select, insert, update on engine_pulse, engine_handler to meldketen_app;
grant delete on engine_pulse to meldketen_app;         -- a process that ends, or that was never heard of again
grant select on alembic_version to meldketen_app;      -- is the database ready for this build?

-- Read over all organisations, through a door; each is small, but for the last, which costs next to nothing to write.
create index run_open on run (workflow, version) where state = 'running';
create index step_stuck on step (state) where kind <> 'human' and state in ('waiting', 'failed');
create index batch_by_state on mail_batch (state);
create index event_received on mail_event using brin (received_at) with (pages_per_range = 32, autosummarize = on);
