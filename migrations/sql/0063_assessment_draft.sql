-- What a person answered of an assessment that is not recorded yet, by the name of the field. Each person has their own
-- answers, so that nobody overwrites what a colleague typed. It ends with the assessment, or by its age.
create table assessment_draft (
  organisation_id uuid not null references organisation,
  breach_id uuid not null,
  user_id uuid not null references app_user,
  typed jsonb not null check (jsonb_typeof(typed) = 'object'),
  saved_at timestamptz not null default now(),
  primary key (organisation_id, breach_id, user_id),
  foreign key (organisation_id, breach_id) references breach
);
create index assessment_draft_by_age on assessment_draft (saved_at);
