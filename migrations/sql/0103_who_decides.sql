alter table organisation
  add column reply_asked_by uuid[] not null default '{}';  -- who filled in reply_address last, and stood in for whom
