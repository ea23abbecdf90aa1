-- The states of a recipient's mail in one table, which functions and statements join: the same as
-- workflows/mail/states.py. About processes: no organisation, no person.
create table mail_state (
  name text primary key,
  rank integer not null,
  on_the_way boolean not null,
  awaits_event boolean not null check (on_the_way or not awaits_event),
  not_reached boolean not null check (not (on_the_way and not_reached))
);
insert into mail_state (name, rank, on_the_way, awaits_event, not_reached) values
  ('planned', 0, true, false, false),
  ('unknown', 1, true, false, false),
  ('accepted', 2, true, true, false),
  ('processed', 3, true, true, false),
  ('deferred', 4, true, true, false),
  ('unconfirmed', 5, false, false, true),
  ('delivered', 6, false, false, false),
  ('bounced', 7, false, false, true),
  ('dropped', 7, false, false, true),
  ('rejected', 7, false, false, true);
analyze mail_state;
