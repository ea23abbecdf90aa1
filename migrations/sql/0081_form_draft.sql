-- What a person typed into a form and did not send in yet, sealed with the organisation's key. Only that person reads
-- it. `tab` is the page that saved it last and `number` counts the saves, so a second page of the same form does not
-- replace what the first one saved. A row without `sealed` was sent in or thrown away: a save that comes late adds
-- nothing to it. Drafts end with their writer's seat.
create table form_draft (
  organisation_id uuid not null references organisation,
  user_id uuid not null,
  id uuid not null,
  form text not null check (form ~ '^[a-z_]{1,40}$'),
  subject_id uuid,
  sealed bytea,
  number integer not null default 1,
  tab uuid,
  saved_at timestamptz not null default now(),
  primary key (organisation_id, user_id, id),
  foreign key (organisation_id, user_id) references membership (organisation_id, user_id) on delete cascade
);
create index form_draft_of_form on form_draft (organisation_id, user_id, form, subject_id);
create index form_draft_by_age on form_draft (saved_at);
