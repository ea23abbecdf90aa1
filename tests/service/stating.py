"""A controller whose clock runs on what its office stated."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tenants.database import db
from tenants.history.entries import Actor
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.escalations import board
from tests.factories import a_member, an_incident, an_office
from workflows.escalation.escalation import make_aware
from workflows.notification.own_awareness import state_awareness


@dataclass(frozen=True)
class Stated:
    """A register in use, its privacy officer, and the breach of which De Linde says that it told by telephone."""

    id: UUID
    by: Actor
    breach: UUID

    def states(self, hours_ago: float) -> None:
        """The controller itself says when it was aware."""
        with acting_for(self.id):
            aware_at = database_now() - timedelta(hours=hours_ago)
            state_awareness(self.breach, aware_at, "Toen las de directie het", self.by)


def a_stated_awareness(hours_ago: float = 1, found_before: float = 1, how: str = "phone") -> Stated:
    """So many hours ago the office told its client, in its register; it had found it hours before."""
    office = an_office(clients=1)
    incident = an_incident(office, hours_ago=hours_ago + found_before)
    with acting_for(office.id):
        [escalation] = board(incident.id, 2)
        make_aware({escalation.id: (database_now() - timedelta(hours=hours_ago), how)})
        db.session.flush()
        ids = escalation.controller_id, escalation.breach_id
    by = a_member(ids[0], name="Bram")
    with acting_for(ids[0]):
        assert claim_acting_organisation()
    return Stated(ids[0], by, ids[1])
