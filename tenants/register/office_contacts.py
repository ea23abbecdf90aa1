"""The person a controller calls about an incident: the contact that the office named when it recorded it (Art.
33(3)(b))."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation
from tenants.register.incidents import Incident


@dataclass(frozen=True)
class OfficeContact:
    """Somebody at the office, as its mail about the incident names them; phone None: the office gave none."""

    name: str
    email: str
    phone: str | None


def contact_about(breach_id: UUID) -> OfficeContact | None:
    """Return whom the acting office named for the incident that it escalated as this breach; None when it escalated
    none."""
    mine = (Escalation.processor_id == acting_organisation()) & (Escalation.breach_id == breach_id)
    named = (Incident.contact_name, Incident.contact_email, Incident.contact_phone)
    row = db.session.execute(
        select(*named).join(Escalation, Escalation.incident_id == Incident.id)
        .where(mine, Incident.organisation_id == acting_organisation())
    ).first()  # fmt: skip
    return OfficeContact(*row) if row else None
