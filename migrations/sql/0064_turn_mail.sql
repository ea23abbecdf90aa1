-- When somebody must be told that a person's step waits: at once when it opens, then at the moments that
-- workflows/mail/turn_moments.py counts. Steps that wait when this is released are told as well.
alter table step add column turn_at timestamptz default now();
create index step_turn on step (turn_at) where kind = 'human' and state = 'waiting';
-- Who must be mailed about which waiting step, once for each occasion; a mail takes all rows of a person together.
create table turn_mail (
  organisation_id uuid not null,
  step_id uuid not null,
  user_id uuid not null references app_user,
  occasion smallint not null check (occasion between 0 and 3),  -- 0: the step began to wait
  created_at timestamptz not null default now(),
  mailed_at timestamptz,                                        -- a mail was planned, or was no longer needed
  primary key (organisation_id, step_id, user_id, occasion),
  foreign key (organisation_id, step_id) references step (organisation_id, id)
);
create index turn_mail_waiting on turn_mail (user_id, created_at) where mailed_at is null;
create index turn_mail_age on turn_mail (created_at);
-- What a person chose to be mailed about, and the kinds of browser ("Firefox, Windows") that the account was used with.
alter table app_user
  add column mail_turn boolean not null default true,
  add column mail_reminder boolean not null default true,
  add column mail_browser boolean not null default true,
  add column browsers text[] not null default '{}';
update app_user u set browsers = s.browsers
  from (select user_id, array_agg(distinct browser) as browsers from login_session where browser <> '' group by 1) s
 where s.user_id = u.id;
