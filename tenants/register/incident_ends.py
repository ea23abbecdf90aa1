"""That a person called an incident done: from then the overview leaves it out, unless a client is not informed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import AlreadyDone
from tenants.isolation import acting_organisation


class IncidentEnd(Record):
    """The end of one incident. `reason` is None where nothing was open when it ended."""

    __tablename__ = "incident_end"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_by: Mapped[UUID]
    reason: Mapped[str | None]


def end_of(incident_id: UUID) -> IncidentEnd | None:
    """Return the end of the acting organisation's incident; None while nobody ended it."""
    return db.session.get(IncidentEnd, (acting_organisation(), incident_id))


def keep_end(incident_id: UUID, by: UUID, reason: str | None) -> None:
    """Keep that this person ended the incident now. Raises AlreadyDone when somebody did before."""
    kept = insert(IncidentEnd).values(
        organisation_id=acting_organisation(), incident_id=incident_id, ended_by=by, reason=reason
    )
    made = db.session.execute(kept.on_conflict_do_nothing().returning(IncidentEnd.incident_id)).first()
    if made is None:
        raise AlreadyDone("incident.ended")
