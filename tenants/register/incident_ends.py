"""That a person called an incident done: from then the overview leaves it out, until a client is not informed any more.

An incident that is open again can be ended anew; each end stays as a row with its number.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import AlreadyDone
from tenants.isolation import acting_organisation

LOCK = text("select pg_advisory_xact_lock(hashtextextended(cast(:incident as text), 29))")
OPEN_AGAIN = text("select open_incident_again(:incident)")


class IncidentEnd(Record):
    """One end of one incident, by its number from 1. `reason` is None where nothing was open when it ended.

    `reopened_at`: since when the incident is open again; None for the end that stands.
    """

    __tablename__ = "incident_end"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_by: Mapped[UUID]
    reason: Mapped[str | None]
    reopened_at: Mapped[datetime | None]


def lock_end(incident_id: UUID) -> None:
    """Wait for whoever ends this incident, or takes back that one of its clients is informed."""
    db.session.execute(LOCK, {"incident": incident_id})


def last_end_of(incident_id: UUID) -> IncidentEnd | None:
    """Return the last end of the acting organisation's incident; None while nobody ended it."""
    mine = (IncidentEnd.organisation_id == acting_organisation(), IncidentEnd.incident_id == incident_id)
    return db.session.scalar(select(IncidentEnd).where(*mine).order_by(IncidentEnd.number.desc()).limit(1))


def ended_among(incident_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return since when each of these incidents of the acting organisation is ended; those that are open are left out.
    """
    query = select(IncidentEnd.incident_id, IncidentEnd.ended_at).where(
        IncidentEnd.organisation_id == acting_organisation(), IncidentEnd.incident_id.in_(list(incident_ids)),
        IncidentEnd.reopened_at.is_(None),
    )  # fmt: skip
    return {row.incident_id: row.ended_at for row in db.session.execute(query)}


def keep_end(incident_id: UUID, by: UUID, reason: str | None) -> None:
    """Keep that this person, who has locked its end, ended the incident now. Raises AlreadyDone when an end of it
    stands."""
    last = last_end_of(incident_id)
    if last is not None and last.reopened_at is None:
        raise AlreadyDone("incident.ended")
    number = last.number + 1 if last else 1
    db.session.add(
        IncidentEnd(
            organisation_id=acting_organisation(), incident_id=incident_id, number=number, ended_by=by, reason=reason
        )
    )
    db.session.flush()


def reopen(incident_id: UUID) -> bool:
    """Keep that the acting organisation's incident is open again; returns whether an end of it stood."""
    lock_end(incident_id)
    return bool(db.session.scalar(OPEN_AGAIN, {"incident": incident_id}))
