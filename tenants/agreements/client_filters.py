"""Which of the acting office's agreements a list shows: by what holds today, by what is missing, by service."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, exists, literal_column, or_, select
from sqlalchemy.orm import aliased

from tenants.agreements.consents import ACCEPTED, Consent
from tenants.agreements.contact_states import lacks
from tenants.agreements.processing_agreements import AgreedService, ProcessingAgreement
from tenants.isolation import acting_organisation

IN_FORCE, COMING, ENDED = "in_force", "coming", "ended"
STATES = (IN_FORCE, COMING, ENDED)
"""What an agreement is on the local day of today."""
OWN = "processing_agreement"
TODAY: ColumnElement[Any] = literal_column("(now() at time zone 'Europe/Amsterdam')::date", Date)


@dataclass(frozen=True)
class Filters:
    """Which agreements are shown. None: whatever it is.

    `contact`: one of LACKING, for those in force that lack it; `hours`: whether a number of hours is agreed;
    `accepted`: whether the client accepted the acting office; `service`: one of SERVICES, in whatever role; `current`:
    each client once, with the agreement that began last, or the first one where none has begun.
    """

    state: str | None = None
    contact: str | None = None
    hours: bool | None = None
    accepted: bool | None = None
    service: str | None = None
    current: bool = False

    @property
    def is_any(self) -> bool:
        """Whether somebody chose something to filter by."""
        return any(choice is not None for choice in (self.state, self.contact, self.hours, self.accepted, self.service))


FILTERS = ("state", "contact", "hours", "accepted", "service", "current")
ALL, EACH_ONCE = Filters(), Filters(current=True)


def conditions(chosen: Filters) -> list[ColumnElement[bool]]:
    """Return what holds for each agreement that is shown. Each condition names the office, as the policies do not let
    an index be used otherwise."""
    wanted = []
    if chosen.state is not None:
        wanted.append(_in_state(chosen.state))
    if chosen.contact is not None:
        wanted.append(lacks(chosen.contact, OWN))
    if chosen.hours is not None:
        hours = _agreement("hours_to_notify")
        wanted.append(hours.is_not(None) if chosen.hours else hours.is_(None))
    if chosen.accepted is not None:
        wanted.append(_accepted() if chosen.accepted else ~_accepted())
    if chosen.service is not None:
        wanted.append(_takes(chosen.service))
    return [*wanted, _is_current()] if chosen.current else wanted


def _agreement(column: str) -> Any:
    return getattr(ProcessingAgreement, column)


def _in_state(state: str) -> ColumnElement[bool]:
    begins, ends = _agreement("in_force_from"), _agreement("in_force_to")
    return {  # type: ignore[no-any-return]
        IN_FORCE: and_(begins <= TODAY, or_(ends.is_(None), ends >= TODAY)),
        COMING: begins > TODAY, ENDED: ends < TODAY,
    }[state]  # fmt: skip


def _accepted() -> ColumnElement[bool]:
    accepting = select(Consent.controller_id).where(
        Consent.processor_id == acting_organisation(), Consent.state == ACCEPTED
    )
    return _agreement("controller_id").in_(accepting)  # type: ignore[no-any-return]


def _takes(service: str) -> ColumnElement[bool]:
    taking = select(AgreedService.agreement_id).where(
        AgreedService.processor_id == acting_organisation(), AgreedService.service == service
    )
    return _agreement("id").in_(taking)  # type: ignore[no-any-return]


def _is_current() -> ColumnElement[bool]:
    """Whether no other agreement of this client is nearer to today; `Client.current` is the same rule."""
    other, this = aliased(ProcessingAgreement), ProcessingAgreement
    later_begun = and_(other.in_force_from > this.in_force_from, other.in_force_from <= TODAY)
    nearer = case((this.in_force_from <= TODAY, later_begun), else_=other.in_force_from < this.in_force_from)
    return ~exists().where(
        other.processor_id == acting_organisation(), other.client_number == this.client_number,
        other.controller_id == this.controller_id, nearer,
    )  # fmt: skip
