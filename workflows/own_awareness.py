"""The controller says when it was aware (Art. 33(1)): its own word decides its clock, beside its processor's.

It may correct that, with a reason, until the authority was notified: the newest statement decides, and each of them
stays in the history.
"""

from datetime import datetime
from uuid import UUID

from tenants.errors import AlreadyDone, Invalid
from tenants.history import Actor, Entry, record
from tenants.isolation import database_now
from tenants.register import Breach, breach
from workflows import gdpr
from workflows.ap_clock import AUTHORITY_CLOCK, authority_period
from workflows.ap_notification import AP_NOTIFICATION, approve_again
from workflows.engine.progress import restart_clock, settle
from workflows.engine.runs import run_about
from workflows.order_of_moments import NOW, refuse_impossible


def state_awareness(
    breach_id: UUID, aware_at: datetime, reason: str, by: Actor, version: int | None = None, before_found: bool = False
) -> Breach:
    """State it, with the reason; the moments that the clock had stay in the history.

    Whoever stated it does not approve on it; an approval of before is asked for again.

    A moment before the processor found the incident is asked about: `before_found` says that it is meant so.
    Raises Invalid for that, for a moment ahead of now and for a breach that no processor told about; AlreadyDone after
    the submission; OutOfDate.
    """
    run = run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    found, now = breach(breach_id, version, lock=True), database_now()
    _refuse(found, aware_at, now, before_found)
    before = {"became_aware_at": found.became_aware_at, "how": found.aware_how, "due_at": found.due_at}
    was_waiting = found.became_aware_at is None
    found.state_awareness(aware_at, reason, now)
    found.note_preparer(by.id, by.for_id)
    found.terms = gdpr.terms_on(aware_at.astimezone(gdpr.AMSTERDAM).date()).to_store()
    period = authority_period(found)
    if period is not None:
        found.alarm_at, found.due_at = period.alarm_at, period.due_at
        if was_waiting:
            settle(AP_NOTIFICATION.as_of(run.version), run, found, now)
        else:
            restart_clock(AUTHORITY_CLOCK, run, period, now)
    again = {"to_be_approved_again": True} if approve_again(found, run) else {}
    details = {"became_aware_at": aware_at, "stated_by_processor": found.stated_aware_at, "before": before, **again}
    why = {"reason": reason}
    record([Entry("breach", breach_id, "breach.own_awareness", by, details, why, found.version, found.terms_name)])
    found.version += 1
    return found


def _refuse(found: Breach, aware_at: datetime, now: datetime, before_found: bool) -> None:
    if found.origin != "escalated":
        raise Invalid("awareness.own_breach")
    if found.submitted_at is not None:
        raise AlreadyDone("awareness.submitted")
    asked = {} if before_found else {"found_at": found.found_at}
    refuse_impossible({**asked, "aware_at": aware_at, NOW: now})
