"""A breach in the database, and what people do to it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tenants.history.entries import History, of_subject
from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import Breach
from tenants.register.breaches import breach as breach_of
from tests.factories import BRAM, FENNA, JORIS, an_assessment, an_organisation, an_own_breach, proven
from workflows.engine.advance import complete
from workflows.engine.runs import run_about
from workflows.notification.ap_notification import AP_NOTIFICATION

Place = tuple[UUID, UUID]


def a_place() -> Place:
    """An organisation and its breach, of which it is aware since an hour."""
    organisation = an_organisation()
    return organisation, an_own_breach(organisation)


def decide(place: Place, step: str, *, by: Any = FENNA, role: str = PRIVACY_OFFICER, **values: Any) -> None:
    """Somebody who has just shown who they are does a step."""
    with acting_for(place[0]):
        complete(AP_NOTIFICATION, place[1], step, proven(by), role, values)


def approve(place: Place, risk: str = "unlikely", decision: str = "do_not_notify") -> None:
    """Assessed, drafted, and a second person agrees."""
    decide(place, "assess", **an_assessment(risk))
    decide(place, "draft", decision=decision, reason="De sleutel is veilig.")
    decide(place, "approve", by=BRAM, role=APPROVER, agrees=True)


def submit(place: Place) -> None:
    """The form was sent in."""
    approve(place, "risk", "notify")
    with acting_for(place[0]):
        now = database_now()
    decide(place, "submit", by=JORIS, role=HANDLER, submitted_at=now, authority_number="AP-1")


def seen(place: Place, what: Callable[[Breach], Any]) -> Any:
    """What the breach shows."""
    with acting_for(place[0]):
        return what(breach_of(place[1]))


def last_entry(place: Place) -> History:
    """The newest line of its history."""
    with acting_for(place[0]):
        return of_subject(place[1])[-1]


def refused(place: Place, kind: type[Exception], call: Callable[[], Any]) -> Any:
    """Refused, and neither the breach nor its history knows of it."""

    def state() -> tuple[Any, ...]:
        with acting_for(place[0]):
            breach_id, run = breach_of(place[1]), run_about(AP_NOTIFICATION.name, place[1])
            kept = {column.key: getattr(breach_id, column.key) for column in Breach.__table__.columns}
            return kept, [(c.due_at, c.next_at) for c in run.clocks], len(of_subject(place[1]))

    before = state()
    with pytest.raises(kind) as refusal, acting_for(place[0]):
        call()
    assert state() == before
    return refusal.value
