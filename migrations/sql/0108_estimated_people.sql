-- Whether a number of people is an estimate ("about 75"): the number stays as it was said, and is marked.
alter table incident_client add column people_estimate boolean not null default false;
alter table escalation add column people_estimate boolean not null default false;
alter table breach add column people_estimate boolean not null default false;
alter type controller_hit add attribute people_estimate boolean;
-- What an old register called an estimate is one in the same column as every other.
alter table breach no force row level security;
update breach set people_estimate = true where taken_over ->> 'estimate' = 'true';
set constraints all immediate;
alter table breach force row level security;
