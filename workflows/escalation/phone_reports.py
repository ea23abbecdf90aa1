"""Records that a controller was told by telephone or letter: when and how; that moment counts as informing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.errors import AlreadyDone
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation, escalation
from workflows.engine.hints import hint_after_commit
from workflows.law.order_of_moments import refuse_impossible

WAKE = text("select wake_steps(:organisation, :subject)")


def record_call(escalation_id: UUID, informed_at: datetime, how: str, by: Actor, note: str | None = None) -> Escalation:
    """Record a call (or letter). Raises AlreadyDone when it was informed before: that moment stands.

    Raises Invalid when the moment lies before the office itself was aware.
    """
    called = escalation(escalation_id)
    # Before the fact, in the order of every worker: the run, then the escalation. Otherwise they lock each other out.
    db.session.execute(WAKE, {"organisation": acting_organisation(), "subject": called.id})
    db.session.refresh(called, with_for_update=True)
    if called.informed_at is not None:
        raise AlreadyDone("escalation.already_informed")
    refuse_impossible({"became_aware_at": called.became_aware_at, "informed_at": informed_at})
    called.informed_at, called.informed_how, called.call_needed_at = informed_at, how, None
    details = {"informed_at": informed_at, "how": how}
    record([Entry("escalation", called.id, "escalation.called", by, details, {"note": note} if note else {})])
    hint_after_commit(acting_organisation())
    return called
