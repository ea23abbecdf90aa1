"""Terms that the machine does not watch: clocks that could not be heard several times in a row, and hearing them at
once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.errors import AlreadyDone, Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from workflows.catalogue import CATALOGUE
from workflows.decisions.open_decisions import Subject, subjects_of

UNHEARD = text("""
    select r.workflow, c.name as clock, r.subject_id, c.alarm_at, c.failed_at
      from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
     where c.organisation_id = :organisation and c.failed_at is not null and c.state = 'running'
     order by c.alarm_at, c.id""")
# Heard in the next second, and people are told again when it fails again.
AT_ONCE = text("""
    update clock c set next_at = now(), attempt = 1, failed_at = null, told_at = null
      from run r where r.organisation_id = c.organisation_id and r.id = c.run_id
       and c.organisation_id = :organisation and c.failed_at is not null and c.state = 'running'
    returning r.workflow, r.subject_id""")


@dataclass(frozen=True)
class UnheardClock:
    """One term that is not watched, since when, and what it is about. `alarm_at` stays as it is."""

    workflow: str
    clock: str
    subject_id: UUID
    alarm_at: datetime
    failed_at: datetime
    about: Subject | None = None


def unheard_clocks() -> list[UnheardClock]:
    """Return the acting organisation's clocks that could not be heard, the tightest time first; there are few."""
    rows = db.session.execute(UNHEARD, {"organisation": acting_organisation()}).mappings().all()
    subjects = subjects_of(row["subject_id"] for row in rows)
    return [UnheardClock(**row, about=subjects.get(row["subject_id"])) for row in rows]


def hear_at_once(by: Actor, reason: str) -> int:
    """Hear all of them at once, after their cause was mended; returns how many. The reason is recorded with each.

    Raises Invalid without a reason, AlreadyDone when there are none (any more).
    """
    if not reason.strip():
        raise Invalid("field.reason_required", "reason")
    tried = db.session.execute(AT_ONCE, {"organisation": acting_organisation()}).all()
    if not tried:
        raise AlreadyDone()
    kinds = {name: workflow.subject_kind for name, workflow in CATALOGUE.items()}
    record(
        Entry(kinds[workflow], subject_id, "clock.tried_again", by, {}, {"reason": reason})
        for workflow, subject_id in tried if workflow in kinds
    )  # fmt: skip
    return len(tried)
