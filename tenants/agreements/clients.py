"""A client of the acting office: all agreements with it under one client number, the oldest first.

Other hours, services or roles are another agreement from a day on. Name, client number and contacts are not dated: they
are the same in all agreements of the client.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.doubted_contacts import ITS_AGREEMENTS, OFFICE, lock_messages
from tenants.agreements.processing_agreements import services_of
from tenants.database import db
from tenants.errors import NotAllowed, NotFound, OutOfDate
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE

# The day is the local one: an incident hits the agreement in force on the local day on which it was noticed.
OF_CLIENT = text("""
    select b.id, b.controller_id, b.client_number, b.controller_name, b.hours_to_notify, b.contacts, b.in_force_from,
           b.in_force_to, b.created_at, b.kvk_number_stated, b.version,
           b.controller_id is not distinct from (select my_test_register()) as is_test,
           relied_on(b.processor_id, b.id) as relied_on, (now() at time zone 'Europe/Amsterdam')::date as today
      from processing_agreement a
      join processing_agreement b on b.processor_id = a.processor_id and b.client_number = a.client_number
       and b.controller_id = a.controller_id
     where a.processor_id = :office and a.id = :agreement order by b.in_force_from, b.id""")
VERSIONS = text("""
    select a.id, (select cast(sum(b.version) as bigint) from processing_agreement b
                   where b.processor_id = a.processor_id and b.controller_id = a.controller_id
                     and b.client_number = a.client_number) - 1
      from processing_agreement a where a.processor_id = :office and a.id = any(:agreements)""")
OFFICE_ALONE = text("select from organisation where id = :office for no key update")


@dataclass(frozen=True)
class Agreement:
    """One agreement of a client. `hours_to_notify` None is "without undue delay"; `in_force_to` None: no end.

    `relied_on`: the newest local day of an incident about which the client has not decided; None for none.
    `kvk_number_stated`: as the office typed it; None where that is not known.
    """

    id: UUID
    controller_id: UUID
    client_number: str
    controller_name: str
    hours_to_notify: int | None
    contacts: list[dict[str, Any]]
    in_force_from: date
    in_force_to: date | None
    created_at: datetime
    kvk_number_stated: str | None
    version: int
    relied_on: date | None
    services: dict[str, str]

    def in_force_on(self, day: date) -> bool:
        """Whether it binds on this local day; its first and last day are included."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True)
class Client:
    """A client of the acting office, on a local day: its agreements, the oldest first. `is_test`: it gets tests alone.
    """

    agreements: tuple[Agreement, ...]
    today: date
    is_test: bool

    @property
    def current(self) -> Agreement:
        """The agreement that began last, or the first one where none has begun; `Filters.current` is the same rule."""
        return self.begun_by(self.today) or self.agreements[0]

    @property
    def last(self) -> Agreement:
        """The agreement that began last, or will."""
        return self.agreements[-1]

    @property
    def version(self) -> int:
        """Grows with each change of one of its agreements, whoever makes it."""
        return sum(agreement.version for agreement in self.agreements)

    @property
    def doubted(self) -> list[dict[str, Any]]:
        """The contacts that wait for the office's check, in any of its agreements."""
        marked = (contact for agreement in self.agreements for contact in agreement.contacts)
        return [contact for contact in marked if LED_ELSEWHERE in contact]

    def begun_by(self, day: date) -> Agreement | None:
        """Return the agreement that began last on or before this local day; None when the first one began later."""
        return next((agreement for agreement in reversed(self.agreements) if agreement.in_force_from <= day), None)

    def after(self, agreement: Agreement) -> Agreement | None:
        """Return the agreement that begins next after this one; None when nothing follows."""
        later = (candidate for candidate in self.agreements if candidate.in_force_from > agreement.in_force_from)
        return next(later, None)


def client_of(agreement_id: UUID) -> Client:
    """Return the client of this agreement of the acting office. Raises NotFound."""
    values = {"office": acting_organisation(), "agreement": agreement_id}
    rows = [dict(row) for row in db.session.execute(OF_CLIENT, values).mappings()]
    if not rows:
        raise NotFound("agreement.unknown")
    services, of_client = services_of(row["id"] for row in rows), {"today", "is_test"}
    agreements = (
        Agreement(**{name: row[name] for name in row if name not in of_client}, services=services.get(row["id"], {}))
        for row in rows
    )  # fmt: skip
    return Client(tuple(agreements), rows[0]["today"], rows[0]["is_test"])


def refuse_test_client(client: Client) -> None:
    """Raise NotAllowed for the test client: its agreement, its name and its contact stay as they were made."""
    if client.is_test:
        raise NotAllowed("client.of_tests")


def versions_before(agreements: Iterable[UUID]) -> dict[UUID, int]:
    """Return, for each of these agreements of the acting office that this transaction changed, a version of its client
    from before that change: an entry with it is shown to whoever has an older page open."""
    values = {"office": acting_organisation(), "agreements": list(agreements)}
    return {agreement: version for agreement, version in db.session.execute(VERSIONS, values)}


def locked_client(agreement_id: UUID, seen: int) -> Client:
    """Return the client as it is now, and lock it with the office: what is recorded or changed at this moment ends
    first.

    `seen`: the version that the person looked at. Raises NotFound, NotAllowed for the test client, and OutOfDate when
    it was changed since.
    """
    db.session.execute(OFFICE_ALONE, {"office": acting_organisation()})
    return _as_seen(agreement_id, seen)


def locked_with_messages(agreement_id: UUID, seen: int) -> Client:
    """Return the same, and lock the client's messages and unused links too, in the order that everybody uses."""
    db.session.execute(OFFICE, {"office": acting_organisation()})
    client = _as_seen(agreement_id, seen)
    lock_messages([client.current.controller_id])
    return client


def _as_seen(agreement_id: UUID, seen: int) -> Client:
    db.session.execute(ITS_AGREEMENTS, {"office": acting_organisation(), "agreements": [agreement_id]})
    client = client_of(agreement_id)
    refuse_test_client(client)
    if client.version != seen:
        raise OutOfDate()
    return client
