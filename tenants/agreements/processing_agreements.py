"""Processing agreements (Art. 28(3)) between an office and its clients, and who has which role in which service.

By the 2019 guideline of the Dutch accountants' bodies an office is processor in some services and controller in others.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import FetchedValue, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.agreements.client_numbers_taken import (
    numbers_taken,
    registers_by_number,
    registers_expected,
    too_many_clients,
)
from tenants.agreements.consents import processors
from tenants.agreements.new_clients import NewClient
from tenants.database import Record, db
from tenants.errors import Invalid, ManyInvalid
from tenants.history.entries import SYSTEM, Actor, Entry, crossed, record
from tenants.isolation import acting_organisation
from tenants.organisations.admission import refuse_unless_admitted
from tenants.register.escalations import Escalation

MOST_CONTACTS = 20
SERVICES = ("payroll_bare", "payroll_extended", "bookkeeping", "payments", "tax_returns", "audit", "hosting")
LISTED = (
    "id", "client_number", "controller_name", "hours_to_notify", "contacts", "in_force_from", "in_force_to",
    "created_at", "kvk_number_stated",
)  # fmt: skip
# Capitals do not matter in what a person types; the number as it was typed comes first.
AS_TYPED = text("""
    select n.typed, a.id, a.client_number, a.hours_to_notify, a.in_force_from, a.in_force_to,
           a.controller_id is not distinct from (select my_test_register()) as is_test
      from unnest(cast(:numbers as text[])) n (typed)
      join processing_agreement a on lower(a.client_number) = lower(n.typed)
     where a.processor_id = :office order by a.in_force_from, a.id""")
REGISTER = text("select agreement_id, of_client from register_clients(cast(:clients as jsonb))")
# Two that register clients of one office at the same moment would not see each other's client numbers.
IN_TURN = text("select pg_advisory_xact_lock(hashtextextended(cast(:office as text), 28))")


class ProcessingAgreement(Record):
    """One agreement. `hours_to_notify` are elapsed contract hours; None is "without undue delay"."""

    __tablename__ = "processing_agreement"

    processor_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    controller_id: Mapped[UUID]
    client_number: Mapped[str]
    controller_name: Mapped[str]
    hours_to_notify: Mapped[int | None]
    contacts: Mapped[list[dict[str, Any]]]
    in_force_from: Mapped[date]
    in_force_to: Mapped[date | None]
    created_at: Mapped[datetime]
    kvk_number_stated: Mapped[str | None]
    """The Chamber of Commerce number that the office typed: its own statement, which its register proves or does not.
    None for the client of tests, and where it is not known what the office typed."""
    file_id: Mapped[UUID | None]
    """The file that it came from; None when somebody typed it."""
    version: Mapped[int]
    """Grows with each change of the row, whoever makes it (the trigger count_version)."""
    folded_name: Mapped[str] = mapped_column(server_default=FetchedValue())
    folded_number: Mapped[str] = mapped_column(server_default=FetchedValue())
    """The name and the number as a list is sorted: without capitals, the name without accents. PostgreSQL writes them.
    """
    contact_words: Mapped[str] = mapped_column(server_default=FetchedValue(), deferred=True)
    contact_phones: Mapped[str] = mapped_column(server_default=FetchedValue(), deferred=True)
    """What a search compares of the contacts, as the functions of these names make it. PostgreSQL writes them."""


OF_TESTS = ProcessingAgreement.controller_id.is_not_distinct_from(select(func.my_test_register()).scalar_subquery())
"""Whether an agreement is with the test client of the acting office. Its register alone says so."""


class Term(NamedTuple):
    """The facts of an agreement that say whom it binds, when, and within how many hours. `is_test`: it is with the test
    client."""

    id: UUID
    client_number: str
    hours_to_notify: int | None
    in_force_from: date
    in_force_to: date | None
    is_test: bool = False

    def in_force_on(self, day: date) -> bool:
        """Whether the agreement binds on this local day; its first and last day are included."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


class AgreedService(Record):
    """The office's role in one service for one client."""

    __tablename__ = "agreed_service"

    processor_id: Mapped[UUID] = mapped_column(primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    controller_id: Mapped[UUID]
    role: Mapped[str]


class OpenedRegister(NamedTuple):
    """The register of a client, by the name that the acting office uses; None when no agreement of this office leads
    there."""

    id: UUID
    client: str | None


def registers_by_id(ids: Iterable[UUID]) -> dict[UUID, OpenedRegister]:
    """Return each of these registers, in two queries.

    The client's name comes from an agreement that leads there, or from what was escalated there before the client ended
    the office.
    """
    wanted = list(ids)
    names = _names_of(Escalation, Escalation.processor_id, wanted)
    names |= _names_of(ProcessingAgreement, ProcessingAgreement.processor_id, wanted)
    return {register: OpenedRegister(register, names.get(register)) for register in wanted}


class LedElsewhere(NamedTuple):
    """Another organisation, by the name that the acting office uses for its client, or the acting register for its
    processor."""

    id: UUID
    client: str | None
    office: str | None


def led_elsewhere_by_id(ids: Iterable[UUID]) -> dict[UUID, LedElsewhere]:
    """Return each of these organisations; both names are None where the two have nothing to do with each other."""
    wanted = list(ids)
    clients, offices = registers_by_id(wanted), {office.processor_id: office.name for office in processors()}
    return {other: LedElsewhere(other, clients[other].client, offices.get(other)) for other in wanted}


def _names_of(table: Any, office: Any, registers: list[UUID]) -> dict[UUID, str]:
    mine = (office == acting_organisation()) & table.controller_id.in_(registers)
    query = select(table.controller_id, func.max(table.controller_name)).where(mine).group_by(table.controller_id)
    return {register: client for register, client in db.session.execute(query)}


def register_clients(clients: Iterable[NewClient], by: Actor = SYSTEM) -> int:
    """Do the same as `registered_agreements`; returns how many agreements."""
    return len(registered_agreements(clients, by))


def registered_agreements(clients: Iterable[NewClient], by: Actor, file_id: UUID | None = None) -> list[UUID]:
    """Register agreements of the acting office as a set; returns their ids. Raises NotAllowed when it is not admitted.

    A new client gets an unclaimed register of this office; a client that accepted this office keeps its own. Both
    histories record it. `file_id`: the file that they come from; None when somebody typed them. Raises Invalid when the
    operator allows fewer clients, and ManyInvalid with each client whose number belongs to another client.
    """
    refuse_unless_admitted()
    new_clients = list(clients)
    take_turn()
    if too_many := too_many_clients(new_clients):
        raise too_many
    before = registers_by_number(new_clients)
    _refuse(numbers_taken(new_clients, before, registers_expected(new_clients, before)))
    of_file = {"file_id": str(file_id) if file_id else None}
    with db.session.begin_nested():
        rows = db.session.execute(REGISTER, {"clients": json.dumps([client | of_file for client in new_clients])}).all()
        # Who opens or joins a register at this moment may lead a number elsewhere than was expected.
        _refuse(numbers_taken(new_clients, before, registers_by_number(new_clients)))
    contacts = {client["client_number"]: client["contacts"] for client in new_clients}
    record(
        Entry("agreement", row.agreement_id, "agreement.registered", by, {"client_number": row.of_client},
              {"contacts": contacts[row.of_client]})
        for row in rows
    )  # fmt: skip
    crossed()
    return [row.agreement_id for row in rows]


def take_turn() -> None:
    """Wait until nobody else of the acting office is registering clients; they wait until this transaction ends."""
    db.session.execute(IN_TURN, {"office": str(acting_organisation())})


def _refuse(faults: list[Invalid]) -> None:
    if faults:
        raise ManyInvalid(faults)


def services_of(agreement_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """Return the acting office's role in each service, per agreement."""
    mine = AgreedService.processor_id == acting_organisation()
    columns = (AgreedService.agreement_id, AgreedService.service, AgreedService.role)
    query = select(*columns).where(mine, AgreedService.agreement_id.in_(list(agreement_ids)))
    roles: dict[UUID, dict[str, str]] = {}
    for agreement_id, service, role in db.session.execute(query.order_by(AgreedService.service)):
        roles.setdefault(agreement_id, {})[service] = role
    return roles


def agreements_by_client_number(numbers: Iterable[str]) -> dict[str, list[Term]]:
    """Return the acting office's agreements with these clients, the oldest first, in one query."""
    mine = ProcessingAgreement.processor_id == acting_organisation()
    columns = [getattr(ProcessingAgreement, name) for name in Term._fields if name != "is_test"]
    these = mine & (ProcessingAgreement.client_number == func.any(list(numbers)))
    query = select(*columns, OF_TESTS.label("is_test")).where(these)
    terms: dict[str, list[Term]] = {}
    for row in db.session.execute(query.order_by(ProcessingAgreement.in_force_from)):
        terms.setdefault(row.client_number, []).append(Term(**row._mapping))
    return terms


def agreements_as_typed(numbers: Iterable[str]) -> dict[str, list[Term]]:
    """Return the acting office's agreements by each number as it was typed, the oldest first, in one query.

    Capitals do not matter: "k-12" finds "K-12". Of clients whose numbers differ by capitals alone, the one with exactly
    this number is meant; the agreements of all of them are found where none has.
    """
    values = {"office": acting_organisation(), "numbers": list(dict.fromkeys(numbers))}
    known: dict[str, list[Term]] = {}
    for typed, *agreement in db.session.execute(AS_TYPED, values):
        known.setdefault(typed, []).append(Term(*agreement))
    return {typed: [term for term in terms if term.client_number == typed] or terms for typed, terms in known.items()}


def roles_in(services: Iterable[str], agreement_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return which roles the acting office has in any of these services, per agreement."""
    query = select(AgreedService.agreement_id, AgreedService.role).where(
        AgreedService.processor_id == acting_organisation(),
        AgreedService.service == func.any(list(services)),
        AgreedService.agreement_id == func.any(list(agreement_ids)),
    )
    roles: dict[UUID, set[str]] = {}
    for agreement_id, role in db.session.execute(query):
        roles.setdefault(agreement_id, set()).add(role)
    return roles
