-- Who wanted what they may not do here, in how many minutes, and when last. Each first of a minute stands in the
-- history too.
create table refusal (
  organisation_id uuid not null references organisation,
  user_id uuid not null references app_user,
  act text not null,
  minutes integer not null default 1,
  last_at timestamptz not null default now(),
  primary key (organisation_id, user_id, act)
);
alter table refusal enable row level security;
alter table refusal force row level security;
create policy owned on refusal to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
grant select, insert, update (minutes, last_at) on refusal to meldketen_app;
