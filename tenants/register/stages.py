"""Where a breach of the register stands, in one word, as the database finds it."""

STAGE = """(case when b.origin = 'taken_over' then 'taken_over'
       when b.submitted_at > b.due_at then 'late' when b.submitted_at is not null then 'in_time'
       when b.decided_at is not null and b.decision = 'do_not_notify' then 'not_notified'
       when not b.may_be_due then 'ended' when b.decided_at is not null then 'approved'
       when b.decision is not null then 'drafted' when b.risk is not null then 'assessed' else 'unassessed' end)"""
"""The index `breach_by_stage` holds this expression, word for word."""
