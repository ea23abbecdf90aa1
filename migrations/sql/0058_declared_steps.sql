-- What the workflows declare about the steps of people, and what a program may: `release` fills both tables from the
-- catalogue (migrations/release.py), in the transaction that makes them and again with each release.
create table human_step (
  workflow text not null,
  version integer not null,                            -- of the definition
  name text not null,
  other_than text[] not null,                          -- the steps that somebody else must have done
  fresh boolean not null,                              -- whether it decides or sends: a new seat does not count for it
  primary key (workflow, version, name)
);
create table token_scope (act text primary key);
-- What these rules named is in the tables now, so the tables alone decide.
drop table four_eyes;
alter table step drop constraint step_of_a_person;
alter table api_token
  drop constraint api_token_scopes_check, drop constraint no_awareness_by_a_program,
  drop constraint no_consent_by_a_program, drop constraint no_joining_by_a_program,
  drop constraint no_leaving_by_a_program, drop constraint no_proof_by_a_program,
  add constraint api_token_scopes_check check (cardinality(scopes) > 0);
