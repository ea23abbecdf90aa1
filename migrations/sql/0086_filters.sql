-- Where each breach stands, in one word, with its origin: tenants/register/filtering.py asks by this expression.
create index breach_by_stage on breach (organisation_id,
  (case when submitted_at > due_at then 'late' when submitted_at is not null then 'in_time'
       when decided_at is not null and decision = 'do_not_notify' then 'not_notified'
       when not may_be_due then 'ended' when decided_at is not null then 'approved'
       when decision is not null then 'drafted' when risk is not null then 'assessed' else 'unassessed' end),
  origin, created_at desc, id desc);
create index breach_term_running on breach (organisation_id, due_at) where submitted_at is null;
create index breach_not_aware on breach (organisation_id, created_at desc, id desc) where due_at is null;
