"""Incidents: what the office found, before any controller has judged it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, ColumnElement, Text, func, literal_column, not_, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Owned, Record, db
from tenants.errors import NotFound
from tenants.isolation import acting_organisation
from tenants.register.years import in_year

INCIDENT_STATES = ("open", "ended")
ENDED = literal_column("""(exists (
    select from incident_end e where e.organisation_id = incident.organisation_id and e.incident_id = incident.id
                                 and e.reopened_at is null))""", Boolean)


class Incident(Owned, Record):
    """One incident at the one who found it. facts: the vocabulary of workflows/law/vocabulary.py."""

    __tablename__ = "incident"

    reference: Mapped[str]
    title: Mapped[str]
    services: Mapped[list[str]] = mapped_column(ARRAY(Text))
    found_at: Mapped[datetime]
    became_aware_at: Mapped[datetime]
    happened_from: Mapped[datetime | None]
    happened_until: Mapped[datetime | None]
    description: Mapped[str]
    cause: Mapped[str | None]
    consequences: Mapped[str | None]
    measures: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str | None]
    created_by: Mapped[UUID]
    is_test: Mapped[bool] = mapped_column(default=False)
    """Whether it hits the office's test client, and nobody else."""
    from_breach: Mapped[UUID | None]
    """The breach in the office's own register, a message of its own processor, that it was passed on from."""


def incident(incident_id: UUID) -> Incident:
    """Return the acting organisation's incident. Raises NotFound."""
    row = db.session.get(Incident, (acting_organisation(), incident_id))
    if row is None:
        raise NotFound("incident.unknown")
    return row


def in_state_and_year(state: str | None, year: int | None) -> list[ColumnElement[bool]]:
    """Return what holds for the incidents of this state and year; nothing for those of any."""
    wanted: list[ColumnElement[bool]] = []
    if state:
        wanted.append(ENDED if state == "ended" else not_(ENDED))
    return [*wanted, in_year(Incident.found_at, year)] if year else wanted


def newest_incidents(
    most: int, after: tuple[datetime, UUID] | None = None, state: str | None = None, year: int | None = None
) -> list[Incident]:
    """Return the acting organisation's incidents, newest first; `after` is the last one of the page before.

    `state`: one of INCIDENT_STATES, `year`: in which they were found; None: all.
    """
    mine = Incident.organisation_id == acting_organisation()
    query = select(Incident).where(mine, *in_state_and_year(state, year))
    if after:
        query = query.where(func.row(Incident.found_at, Incident.id) < func.row(*after))
    return list(db.session.scalars(query.order_by(Incident.found_at.desc(), Incident.id.desc()).limit(most)))
