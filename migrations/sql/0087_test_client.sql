-- An office sends itself a test: to a client that it made for this, of which nobody claims a KvK number. What is about
-- it is marked everywhere, and counted nowhere.
alter table organisation add column is_test boolean not null default false,
  add column first_steps_closed_at timestamptz,         -- null: no owner put the list of first steps away
  add constraint test_has_no_number check (not is_test or kvk_number is null);
create unique index one_test_client on organisation (made_by) where is_test;
alter table processing_agreement add column is_test boolean not null default false;
alter table incident add column is_test boolean not null default false;
