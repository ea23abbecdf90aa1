"""The controller says when it was aware (Art. 33(1)): its own statement decides its clock, beside its processor's.

It may correct that, with a reason, until the authority was notified: each statement stays in the history. A moment
later than the one that counts waits for the second person who approves the decision; until then the earlier one counts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.errors import AlreadyDone, Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import database_now
from tenants.register.breaches import Breach, breach
from tenants.register.own_acts import first_own_acts
from workflows.engine.progress import settle
from workflows.engine.runs import Run, run_about
from workflows.law.order_of_moments import NOW, refuse_impossible
from workflows.notification.ap_notification import (
    AP_NOTIFICATION,
    count_from_own_moment,
    is_approved_to_notify,
    prepare_again,
)


def state_awareness(
    breach_id: UUID, aware_at: datetime, reason: str, by: Actor, version: int | None = None, before_found: bool = False
) -> Breach:
    """State when the controller was aware, with the reason; the earlier moments of the clock stay in the history.

    The person who states it may not approve on it; an earlier approval is asked for again. A moment before the
    processor found the incident is asked about: `before_found` says that it is right. Raises Invalid for that, for a
    moment ahead of now or after the organisation's own receipt or assessment, and for a breach that no processor told
    about; AlreadyDone after the submission; OutOfDate.
    """
    run = run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    row, now = breach(breach_id, version, lock=True), database_now()
    _refuse(row, aware_at, now, before_found)
    if row.became_aware_at is not None and aware_at > row.became_aware_at:
        _refuse_once_decided(row)
        return _state_later(row, run, aware_at, reason, by, now)
    before = {"became_aware_at": row.became_aware_at, "how": row.aware_how, "due_at": row.due_at}
    withdrawn = {"withdrawn": row.later_aware_at} if row.later_aware_at is not None else {}
    was_waiting = row.became_aware_at is None
    row.state_awareness(aware_at, reason, now)
    count_from_own_moment(row, run, now)
    if was_waiting:
        settle(AP_NOTIFICATION.as_of(run.version), run, row, now)
    details = {"became_aware_at": aware_at, "stated_by_processor": row.stated_aware_at, "before": before, **withdrawn}
    return _recorded(row, run, "breach.own_awareness", by, details, reason)


def _state_later(breach_row: Breach, run: Run, aware_at: datetime, reason: str, by: Actor, now: datetime) -> Breach:
    """Keep a later moment until a second person approves it; the clock stays as it is."""
    breach_row.state_later_awareness(aware_at, reason, now, by.id, by.for_id)
    details = {
        "later_aware_at": aware_at, "counts": breach_row.became_aware_at,
        "stated_by_processor": breach_row.stated_aware_at,
    }  # fmt: skip
    return _recorded(breach_row, run, "breach.later_awareness", by, details, reason)


def _refuse_once_decided(breach_row: Breach) -> None:
    """Raise Invalid when not to notify was approved: then no second person follows who could agree to a later
    moment."""
    if breach_row.decided_at is not None and not is_approved_to_notify(breach_row):
        raise Invalid("awareness.decided", "aware_at")


def _recorded(breach_row: Breach, run: Run, what: str, by: Actor, details: Mapping[str, Any], reason: str) -> Breach:
    again = prepare_again(breach_row, run, by)
    why = {"reason": reason}
    record(
        [Entry("breach", breach_row.id, what, by, {**details, **again}, why, breach_row.version, breach_row.terms_name)]
    )
    breach_row.version += 1
    return breach_row


def _refuse(breach_row: Breach, aware_at: datetime, now: datetime, before_found: bool) -> None:
    if breach_row.origin != "escalated":
        raise Invalid("awareness.own_breach")
    if breach_row.submitted_at is not None:
        raise AlreadyDone("awareness.submitted")
    asked, acts = {} if before_found else {"found_at": breach_row.found_at}, first_own_acts(breach_row.id)
    shown = {"received_at": acts.received_at, "assessed_at": acts.assessed_at}
    refuse_impossible({**asked, **shown, "aware_at": aware_at, NOW: now})
