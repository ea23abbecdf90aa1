"""Chains of processors (Art. 28(2), (4)): a message of one's own processor, passed on to one's own clients."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.incidents import Incident

MOST_STEPS = 5
"""The most messages in one chain. The trigger keep_passing_on has the same limit."""
ABOVE = text("select steps, own_incident from messages_above(:breach)")


@dataclass(frozen=True)
class Above:
    """How many messages led to a breach, from processor to processor; 0 for a breach that one found oneself.

    `own_incident`: the acting organisation's own incident among what led to it; None where it has no part in that.
    """

    steps: int
    own_incident: UUID | None = None


def messages_above(breach_id: UUID) -> Above:
    """Return what led to a breach of the acting organisation. Of others it says nothing but the number of steps."""
    row = db.session.execute(ABOVE, {"breach": breach_id}).one()
    return Above(row.steps, row.own_incident)


def passed_on_as(breach_id: UUID) -> Incident | None:
    """Return the incident of the acting organisation that passes on this breach; None while there is none."""
    mine = Incident.organisation_id == acting_organisation()
    return db.session.scalar(select(Incident).where(mine, Incident.from_breach == breach_id))
