"""The authority moved a term (its form was down): an override with its reason and source, which people then see."""

from datetime import datetime
from uuid import UUID

from tenants.errors import Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import database_now
from tenants.register.breaches import Breach, breach
from workflows.engine.progress import restart_clock
from workflows.engine.runs import run_about
from workflows.law import gdpr
from workflows.law.periods import MovedTerm, is_late
from workflows.notification.ap_clock import AUTHORITY_CLOCK, authority_period
from workflows.notification.ap_notification import AP_NOTIFICATION, prepare_again


def late_without_move(breach: Breach, now: datetime) -> bool:
    """Whether a submission at this moment would be late if the authority had not moved the term."""
    if not breach.moved_term or breach.became_aware_at is None:
        return False
    return is_late(now, gdpr.authority_period(breach.became_aware_at))


def move_term(
    breach_id: UUID, until: datetime, reason: str, source: str, by: Actor, version: int | None = None
) -> Breach:
    """Move the term of Art. 33(1) to what the authority announced; the earlier moments stay in the history.

    The person who moves it may not approve on it; an earlier approval is asked for again. Raises Invalid while nobody
    is aware or after the submission, MovedTermUnexplained, TermNotMovedOn.
    """
    run = run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    row = breach(breach_id, version, lock=True)
    if row.became_aware_at is None or row.submitted_at is not None:
        raise Invalid("moved_term.not_now")
    term = MovedTerm(until, reason, source)
    before = {"alarm_at": row.alarm_at, "due_at": row.due_at}
    row.moved_term = {"until": until.isoformat(), "reason": term.reason, "source": term.source}
    period = authority_period(row)
    if period is not None:
        row.alarm_at, row.due_at = period.alarm_at, period.due_at
        restart_clock(AUTHORITY_CLOCK, run, period, database_now())
    details = {**row.moved_term, "before": before, **prepare_again(row, run, by)}
    record([Entry("breach", breach_id, "breach.term_moved", by, details, {}, row.version, row.terms_name)])
    row.version += 1
    return row
