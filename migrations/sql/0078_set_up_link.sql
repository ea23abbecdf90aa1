-- The link that sets up a new installation, while no organisation exists: one at a time, and only its hash is kept.
create table set_up_link (
  token_hash bytea primary key,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
