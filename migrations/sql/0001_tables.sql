-- Identity: who may log in, and where. A short, named list (tests/house): app_user, membership,
-- login_session, invitation. Everything else belongs to one organisation or to the two parties.
create table organisation (
  id uuid primary key default uuidv7(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(trim(name)) between 1 and 200),
  kvk_number text unique check (kvk_number ~ '^[0-9]{8}$'),
  fg_name text, fg_email text, fg_number text,
  financial_undertaking boolean,                       -- UAVG art. 42; null = unknown
  locale text not null default 'nl' check (locale in ('nl', 'en')),
  claimed_at timestamptz,                              -- null: its register exists, nobody has opened it yet
  created_at timestamptz not null default now()
);
create table organisation_key (
  organisation_id uuid primary key references organisation,
  wrapped_key bytea not null,
  created_at timestamptz not null default now()
);
create table app_user (
  id uuid primary key default uuidv7(),
  email text not null check (email = lower(email)),
  name text not null,
  password_hash text not null,
  locale text not null default 'nl' check (locale in ('nl', 'en')),
  created_at timestamptz not null default now(),
  unique (email)
);
create table membership (
  organisation_id uuid not null references organisation,
  user_id uuid not null references app_user,
  role text not null check (role in ('privacy_officer', 'approver', 'reader')),
  created_at timestamptz not null default now(),
  primary key (organisation_id, user_id)
);
create index membership_of_user on membership (user_id, organisation_id);
create table login_session (
  token_hash bytea primary key,
  user_id uuid not null references app_user,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create table invitation (
  token_hash bytea primary key,
  organisation_id uuid not null references organisation,
  email text not null,
  role text not null check (role in ('privacy_officer', 'approver', 'reader')),
  breach_id uuid,                                      -- the breach whose message carried it
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invitation_of_organisation on invitation (organisation_id, created_at);

-- Shared by the two parties.
create table processing_agreement (
  processor_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  controller_id uuid not null references organisation,
  client_number text not null check (length(trim(client_number)) between 1 and 40),
  controller_name text not null,
  hours_to_notify integer check (hours_to_notify between 1 and 720),  -- null: "without undue delay"
  contacts jsonb not null default '[]',                -- in order: [{"name", "email", "phone"}]
  in_force_from date not null,
  in_force_to date check (in_force_to >= in_force_from),
  created_at timestamptz not null default now(),
  primary key (processor_id, id),
  unique (processor_id, client_number, in_force_from)
);
create index agreement_of_controller on processing_agreement (controller_id, processor_id, id);
create table agreed_service (
  processor_id uuid not null,
  agreement_id uuid not null,
  controller_id uuid not null,
  service text not null,
  role text not null check (role in ('processor', 'controller')),  -- the office's role in this service
  primary key (processor_id, agreement_id, service),
  foreign key (processor_id, agreement_id) references processing_agreement (processor_id, id)
);
create index service_of_controller on agreed_service (controller_id, processor_id, agreement_id);

-- Owned by one organisation.
create table register_counter (
  organisation_id uuid not null references organisation,
  kind text not null,
  year integer not null,
  last integer not null,
  primary key (organisation_id, kind, year)
);
create table incident (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  reference text not null,
  title text not null,
  services text[] not null,
  found_at timestamptz not null,
  became_aware_at timestamptz not null,
  happened_from timestamptz, happened_until timestamptz,
  description text not null,
  cause text, consequences text, measures text,
  facts jsonb not null default '{}',
  contact_name text not null, contact_email text not null, contact_phone text,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, reference)
);
create index incident_newest on incident (organisation_id, found_at desc, id desc);
create table incident_client (
  organisation_id uuid not null,
  incident_id uuid not null,
  agreement_id uuid not null,
  -- null: not yet known
  people_min integer check (people_min >= 0), people_max integer check (people_max >= people_min),
  informed_at timestamptz, informed_how text check (informed_how in ('phone', 'letter')),
  primary key (organisation_id, incident_id, agreement_id),
  foreign key (organisation_id, incident_id) references incident (organisation_id, id),
  foreign key (organisation_id, agreement_id) references processing_agreement (processor_id, id)
);
create table breach (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  reference text not null,
  title text not null,
  origin text not null check (origin in ('own', 'escalated')),
  processor_id uuid, escalation_id uuid, processor_name text, incident_id uuid,
  contacts jsonb not null default '[]',
  found_at timestamptz not null,
  happened_from timestamptz, happened_until timestamptz,
  became_aware_at timestamptz,                         -- null: not informed yet, the clock has not started
  aware_how text check (aware_how in ('own', 'mail', 'phone', 'letter', 'receipt')),
  alarm_at timestamptz, due_at timestamptz, terms jsonb,
  description text not null,
  cause text, consequences text, measures text,
  facts jsonb not null default '{}',
  people_min integer, people_max integer,
  financial_undertaking boolean,
  risk text check (risk in ('unlikely', 'risk', 'high')), risk_reason text,
  people_exception text check (people_exception in ('protected', 'measures', 'disproportionate')), people_reason text,
  decision text check (decision in ('notify', 'do_not_notify')), decision_reason text, decided_at timestamptz,
  draft jsonb,
  submitted_at timestamptz, authority_number text, late_reason text,
  acknowledged_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, reference),
  check ((became_aware_at is null) = (due_at is null))
);
create index breach_newest on breach (organisation_id, created_at desc, id desc);
create unique index breach_of_escalation on breach (organisation_id, escalation_id) where escalation_id is not null;
create table escalation (
  processor_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  controller_id uuid not null references organisation,
  incident_id uuid not null,
  agreement_id uuid not null,
  breach_id uuid not null,
  controller_name text not null,
  people_min integer, people_max integer,
  hours_agreed integer,
  became_aware_at timestamptz not null,
  alarm_at timestamptz not null,
  contacts jsonb not null,
  rung integer not null default 0,                     -- how many contacts were written to
  informed_at timestamptz, informed_how text check (informed_how in ('mail', 'phone', 'letter', 'receipt')),
  call_needed_at timestamptz,
  acknowledged_at timestamptz, acknowledged_by text,
  decision text check (decision in ('notified', 'notified_late', 'not_notified')), decided_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (processor_id, id),
  unique (processor_id, incident_id, agreement_id),
  foreign key (processor_id, incident_id) references incident (organisation_id, id),
  foreign key (processor_id, agreement_id) references processing_agreement (processor_id, id),
  foreign key (controller_id, breach_id) references breach (organisation_id, id)
);
create index escalation_board on escalation (processor_id, incident_id, alarm_at, id);
create index escalation_of_controller on escalation (controller_id, breach_id);
create table notice (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  breach_id uuid not null,
  subject text, nature text, contact text, consequences text, measures text,  -- Art. 34(2)
  locale text not null default 'nl',
  check_code text not null unique,                     -- what a reader types in to see that it is genuine
  approved_at timestamptz, sent_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, breach_id) references breach (organisation_id, id)
);
create index notice_of_breach on notice (organisation_id, breach_id);
create index notice_newest on notice (organisation_id, created_at desc, id desc);

-- History: append only, chained per subject.
create table history (
  organisation_id uuid not null references organisation,
  subject_id uuid not null,
  seq integer not null,
  subject_kind text not null,
  at timestamptz not null default now(),
  what text not null,
  actor_id uuid, actor_name text not null,
  details jsonb not null default '{}',
  hash bytea not null,
  primary key (organisation_id, subject_id, seq)
);
