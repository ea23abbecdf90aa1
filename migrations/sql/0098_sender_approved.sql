alter table notice
  add column prepared_by uuid[] not null default '{}';  -- who changed a setting that stands in it since it was written
alter table organisation
  add column reply_in_use text check (is_one_line(reply_in_use));  -- where answers go until another one is confirmed
update organisation set reply_in_use = reply_address where reply_confirmed_at is not null;
alter table organisation
  add constraint reply_in_use check ((reply_in_use is null) = (reply_confirmed_at is null));
