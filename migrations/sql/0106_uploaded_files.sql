-- A file that somebody brought in and is looking at: sealed with the organisation's key, until it is taken, left alone,
-- or a day old. `sealed` holds its name, what was chosen, and what reading it proposed. Of a file that was taken only
-- this row stays, with the people who stood on a notice's list before, so that it can be undone.
create table uploaded_file (
  organisation_id uuid not null references organisation,
  id uuid not null default uuidv7(),
  purpose text not null check (purpose in ('recipients', 'clients', 'hits', 'register')),
  about_id uuid,
  uploaded_by uuid not null,
  hash bytea not null check (octet_length(hash) = 32),
  sealed bytea not null,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'undone')),
  is_confirmed boolean not null default false,
  result jsonb,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  version integer not null default 1,
  primary key (organisation_id, id),
  check ((state = 'waiting') = (ended_at is null))
);
create index uploaded_file_of_subject on uploaded_file (organisation_id, purpose, about_id, created_at);
create index uploaded_file_by_age on uploaded_file (created_at);

-- Lots of a file, each sealed: its bytes, the rows as they would be kept, the rows that do not fit, and the people of a
-- notice's list before it.
create table uploaded_part (
  organisation_id uuid not null,
  file_id uuid not null,
  kind text not null check (kind in ('content', 'items', 'faults', 'before')),
  nth integer not null,
  sealed bytea not null,
  primary key (organisation_id, file_id, kind, nth),
  foreign key (organisation_id, file_id) references uploaded_file on delete cascade
);

-- Which column was which in files with these headings, as somebody of the organisation chose it last.
create table chosen_columns (
  organisation_id uuid not null references organisation,
  purpose text not null check (purpose in ('recipients', 'clients', 'hits', 'register')),
  headings_hash bytea not null,
  columns jsonb not null,
  chosen_at timestamptz not null default now(),
  primary key (organisation_id, purpose, headings_hash)
);
create index chosen_columns_by_age on chosen_columns (chosen_at);
