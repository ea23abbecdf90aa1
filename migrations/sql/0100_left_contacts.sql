-- When an address that did not work left the last agreement; null while it stands in one.
alter table contact_standing add column left_at timestamptz;
create index contact_left on contact_standing (left_at) where left_at is not null;
