-- A breach of an old register: what its file said stands in taken_over. taken_over_key is by what it is known again:
-- its own number, or the hash of all that it says; taken_over_file is the import that brought it. No moment of the law
-- was kept to the minute, so it has none, and nothing is ever due about it.
alter table breach
  alter column found_at drop not null,
  drop constraint breach_origin_check,
  add constraint breach_origin_check check (origin in ('own', 'escalated', 'taken_over')),
  add column taken_over jsonb,
  add column taken_over_key text check (is_one_line(taken_over_key)),
  add column taken_over_file uuid,
  add constraint taken_over_has_no_moments check (
    case when origin = 'taken_over'
         then num_nulls(taken_over, taken_over_key, taken_over_file) = 0 and not may_be_due
              and num_nonnulls(found_at, happened_from, happened_until, became_aware_at, stated_aware_at,
                               earliest_aware_at, later_aware_at, alarm_at, due_at, terms, risk, decision, decided_at,
                               submitted_at, acknowledged_at, escalation_id, processor_id, incident_id) = 0
         else found_at is not null and num_nonnulls(taken_over, taken_over_key, taken_over_file) = 0 end);
create unique index breach_taken_over on breach (organisation_id, taken_over_key) where taken_over_key is not null;
create index breach_of_file on breach (organisation_id, id, taken_over_file) where taken_over_file is not null;

-- As in 0086; new: a breach of an old register stands nowhere in the work of today.
drop index breach_by_stage;
create index breach_by_stage on breach (organisation_id,
  (case when origin = 'taken_over' then 'taken_over'
       when submitted_at > due_at then 'late' when submitted_at is not null then 'in_time'
       when decided_at is not null and decision = 'do_not_notify' then 'not_notified'
       when not may_be_due then 'ended' when decided_at is not null then 'approved'
       when decision is not null then 'drafted' when risk is not null then 'assessed' else 'unassessed' end),
  origin, created_at desc, id desc);
drop index breach_not_aware;
create index breach_not_aware on breach (organisation_id, created_at desc, id desc)
  where due_at is null and origin <> 'taken_over';
