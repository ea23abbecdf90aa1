alter table breach enable row level security;
alter table breach force row level security;
create policy owned on breach to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on breach to meldketen_door using (true) with check (true);
-- Of all breaches only one of an old register is ever removed: when its import is undone.
create policy old_ones_go on breach as restrictive for delete to meldketen_door using (origin = 'taken_over');
grant select, insert, update on breach to meldketen_app;
grant select, insert, update, delete on breach to meldketen_door;

create constraint trigger decision_is_approved after update on breach deferrable initially deferred
  for each row when ((new.decided_at, new.submitted_at) is distinct from (old.decided_at, old.submitted_at)
                     and (new.decided_at is not null or new.submitted_at is not null))
  execute function approved_by_a_person();

create trigger earliest_moment_begins before insert on breach for each row
  when (new.became_aware_at is not null or new.stated_aware_at is not null) execute function keep_earliest_moment();

create trigger earliest_moment_stays before update on breach for each row
  when ((new.became_aware_at, new.stated_aware_at, new.own_aware_stated_at, new.earliest_aware_at,
         new.later_aware_stated_at, new.prepared_by)
        is distinct from (old.became_aware_at, old.stated_aware_at, old.own_aware_stated_at, old.earliest_aware_at,
         old.later_aware_stated_at, old.prepared_by)) execute function keep_earliest_moment();

-- What an old register said stays as it was said.
create trigger taken_over_stays before update on breach for each row
  when (old.origin = 'taken_over' and current_user = 'meldketen_app') execute function refuse_change();

create constraint trigger later_moment_is_agreed after update on breach deferrable initially deferred for each row
  when (current_user <> 'meldketen_door' and new.became_aware_at > old.became_aware_at)
  execute function later_moment_is_agreed();

create trigger not_in_a_joined_register before insert or update on breach
  for each statement
  execute function refuse_where_joined();

create trigger own_moment_before_own_acts before update on breach for each row
  when (current_user <> 'meldketen_door'
    and ((new.own_aware_stated_at is not null and new.own_aware_stated_at is distinct from old.own_aware_stated_at)
      or (new.later_aware_at is not null and new.later_aware_stated_at is distinct from old.later_aware_stated_at)))
  execute function refuse_moment_after_acts();

create constraint trigger may_be_due_again after update on breach deferrable initially deferred
  for each row when (new.decided_at is not null
    and (new.risk, new.people_exception, new.financial_undertaking, new.measures, new.submitted_at, new.questions_open,
         new.version)
        is distinct from (old.risk, old.people_exception, old.financial_undertaking, old.measures, old.submitted_at,
         old.questions_open, old.version))
  execute function judge_what_is_due();

create constraint trigger may_be_due_elsewhere after insert on breach deferrable initially deferred
  for each row when (new.decided_at is not null) execute function judge_what_is_due();

create trigger added_to_search after insert on breach referencing new table as changed
  for each statement execute function note_to_search('breach');

create trigger changed_in_search after update on breach for each row
  when ((new.reference, new.title, new.processor_name, new.authority_number)
        is distinct from (old.reference, old.title, old.processor_name, old.authority_number))
  execute function note_to_search('breach');

create trigger removed_from_search after delete on breach referencing old table as changed
  for each statement execute function note_to_search('breach');
