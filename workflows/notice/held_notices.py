"""Notices that were let go and whose mail waits: for a proof of the organisation, for another day, or the operator."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation

HELD = text("""
select n.id, b.reference, b.title, w.held_for, w.held_until, c.alarm_at
  from notice n
  join breach b on b.organisation_id = n.organisation_id and b.id = n.breach_id
  join run r on r.organisation_id = n.organisation_id and r.workflow = 'bulk_notice' and r.subject_id = n.id
  left join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id and c.state = 'running'
  cross join lateral (
    select m.held_for, m.held_until from mail_batch m
     where m.organisation_id = n.organisation_id and m.about_id = n.id and m.purpose = 'notice' and m.state = 'held'
     order by m.held_until nulls first limit 1) w
 where n.organisation_id = :me and n.approved_at is not null and n.sent_at is null
 order by c.alarm_at nulls last, n.id limit :most
""")


@dataclass(frozen=True)
class HeldNotice:
    """A notice that waits, with its breach. `held_for`: not_verified, organisation or address, as of a Hold.

    `held_until` is when it goes on by itself, None when somebody must do something first; `alarm_at` is the end of its
    term (Art. 34(1)), which runs on.
    """

    id: UUID
    reference: str
    title: str
    held_for: str
    held_until: datetime | None
    alarm_at: datetime | None


def held_notices(most: int = 50) -> list[HeldNotice]:
    """Return the acting organisation's notices whose mail waits, the tightest term first, at most `most`."""
    rows = db.session.execute(HELD, {"me": acting_organisation(), "most": most}).mappings()
    return [HeldNotice(**row) for row in rows]
