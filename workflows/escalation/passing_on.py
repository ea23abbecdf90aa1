"""A message of one's own processor is passed on to one's own clients, as an incident of one's own (Art. 28(4), 33(2)).

The hours of one's own agreements run from the moment at which that message informed oneself. Each maker in the chain
sees the receipts of its own clients, and nothing of theirs.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.errors import Invalid, ManyInvalid, NotFound, OfOldRegister
from tenants.history.entries import Actor, Entry, record
from tenants.register.breaches import Breach, breach
from tenants.register.incidents import Incident, incident
from tenants.register.passed_on import MOST_STEPS, Above, messages_above, passed_on_as

FIELD = "from_breach"


def message_passed_on(breach_id: UUID, became_aware_at: datetime) -> Breach:
    """Return the message that an incident passes on. `became_aware_at`: since when the office knew.

    Raises ManyInvalid when this breach is no message of a processor, was passed on already, comes from an incident of
    the office itself or through too many processors, or informed the office before the moment at which it says it knew.
    """
    try:
        row = breach(breach_id, lock=True)
    except (NotFound, OfOldRegister):
        raise Invalid("incident.no_message", FIELD) from None
    before = passed_on_as(breach_id)
    if before is not None:
        raise Invalid("incident.passed_on_before", FIELD, reference=before.reference)
    faults = [
        *_faults_of_above(messages_above(breach_id)), *faults_of_awareness(row.became_aware_at, became_aware_at),
    ]  # fmt: skip
    if faults:
        raise ManyInvalid(faults)
    return row


def _faults_of_above(above: Above) -> list[Invalid]:
    if above.own_incident is not None:
        return [Invalid("incident.leads_back", FIELD, reference=incident(above.own_incident).reference)]
    return faults_of_steps(above.steps)


def faults_of_steps(steps: int) -> list[Invalid]:
    """Return what is wrong with passing on what came through so many messages: it was none, or too many."""
    if steps == 0:
        return [Invalid("incident.no_message", FIELD)]
    return [Invalid("incident.passed_on_too_often", FIELD)] if steps >= MOST_STEPS else []


def faults_of_awareness(informed_at: datetime | None, became_aware_at: datetime) -> list[Invalid]:
    """Return what is wrong with the moment since when the office knew: the message informed it before that.

    `informed_at`: when the message informed the office; None when it is not counted yet. Both are aware.
    """
    if informed_at is None or became_aware_at <= informed_at:
        return []
    return [Invalid("incident.aware_before", "became_aware_at", moment=informed_at)]


def may_be_passed_on(breach_id: UUID) -> bool:
    """Return whether a breach is a message of a processor that the acting office has not passed on, and may."""
    above = messages_above(breach_id)
    return passed_on_as(breach_id) is None and above.own_incident is None and not faults_of_steps(above.steps)


def record_passing_on(message: Breach, passed_on: Incident, by: Actor) -> dict[str, Any]:
    """Record at the message that this incident passes it on; return what the incident's own entry says of it."""
    to = {"incident": passed_on.reference, "incident_id": str(passed_on.id)}
    record([Entry("breach", message.id, "breach.passed_on", by, to, {}, message.version, message.terms_name)])
    return {"from": message.reference, "from_breach": str(message.id), "processor": message.processor_name}
