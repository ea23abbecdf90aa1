-- A person says that an incident is done: then it leaves the overview. It comes back while a client is not informed.
create table incident_end (
  organisation_id uuid not null references organisation,
  incident_id uuid not null,
  ended_at timestamptz not null default now(),
  ended_by uuid not null,
  reason text check (is_long_text(reason)),            -- null: nothing was open
  primary key (organisation_id, incident_id),
  foreign key (organisation_id, incident_id) references incident (organisation_id, id)
);
-- Up to which entry of the history a member has seen what colleagues did.
create table history_seen (
  organisation_id uuid not null references organisation,
  user_id uuid not null references app_user,
  seq bigint not null,
  seen_at timestamptz not null default now(),
  primary key (organisation_id, user_id)
);
create index escalation_not_informed on escalation (processor_id, incident_id) where informed_at is null;
create index clock_running_of_organisation on clock (organisation_id, alarm_at) where state = 'running';
