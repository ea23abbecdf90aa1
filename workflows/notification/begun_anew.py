"""A breach began anew as its processor stated it: the clock of Art. 33(1) runs from the moment that it stated.

Functions of migrations/schema/functions begin it, by this name, version and step, where the moments that
stood rested on the word of somebody who opened the register and never proved to be the controller.
"""

from collections.abc import Iterable
from uuid import UUID

from tenants.history.entries import SYSTEM, Entry, record
from tenants.isolation import database_now
from tenants.register.breaches import Breach, breaches_by_id
from workflows.engine.progress import settle
from workflows.engine.runs import run_about
from workflows.engine.steps import Job, Workflow
from workflows.law import gdpr
from workflows.law.periods import AMSTERDAM
from workflows.notification.ap_clock import authority_period
from workflows.notification.ap_notification import AP_NOTIFICATION


def count(breaches: list[Breach]) -> Iterable[UUID]:
    """Count both ends of each period from what the processor stated, unless the controller stated its own moment."""
    for breach in breaches:
        if breach.became_aware_at is None and breach.stated_aware_at is not None:
            _count(breach)
    return [breach.id for breach in breaches]


def _count(breach: Breach) -> None:
    stated_at = breach.stated_aware_at
    assert stated_at is not None
    run = run_about(AP_NOTIFICATION.name, breach.id, lock=True)
    breach.became_aware_at, breach.aware_how = stated_at, breach.stated_aware_how
    breach.terms = gdpr.terms_on(stated_at.astimezone(AMSTERDAM).date()).to_store()
    period = authority_period(breach)
    assert period is not None
    breach.alarm_at, breach.due_at = period.alarm_at, period.due_at
    breach.version += 1
    settle(AP_NOTIFICATION.as_of(run.version), run, breach, database_now())
    details = {"became_aware_at": stated_at, "how": breach.aware_how, "by": breach.stated_by, "due_at": period.due_at}
    record([Entry("breach", breach.id, "breach.aware", SYSTEM, details, {}, breach.version, breach.terms_name)])


BEGUN_ANEW = Workflow(
    name="begun_anew",
    law="Art. 33(1)",
    subject_kind="breach",
    load=breaches_by_id,
    steps=(Job(name="count", law="Art. 33(1)", does=count),),
)
