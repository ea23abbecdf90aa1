"""Clients of a file, with what a person says about all of them: as an office registers them, or what is wrong where.

A file says who its clients are. What it leaves out (in which services the office works for them and in which role, from
which day the agreements hold) a person says once for the whole file. What a row says itself goes before that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from marshmallow import ValidationError

from service.reading.outcome import Fault
from service.reading.values.services_in_cell import words_of_services
from service.schemas.agreement import MOST_AT_ONCE, OFFICE_ROLES, ClientSchema, Services
from service.schemas.faults import faults_of
from service.schemas.fields import Day, Line, YesNo
from service.schemas.resource import Resource
from service.words.texts import catalogue, locale
from service.words.whole_numbers import whole_of
from tenants.agreements.new_clients import NewClient
from tenants.errors import Invalid
from workflows.agreements.listed_clients import Known, Listed, known_among
from workflows.agreements.registering import refusals_of

Row = tuple[int, Mapping[str, Any]]
"""The number of a row, and what the reader made of it; a day also as its text."""
COLUMNS = {"contacts": "contact_email", "name": "contact_name", "email": "contact_email", "phone": "contact_phone"}
"""By the part of a contact: the field of the file that holds it."""
MISSING = {
    "kvk_number": "file.kvk_number_missing", "in_force_from": "file.in_force_from_missing",
    "contact_name": "file.contact_name_missing", "services": "file.service_missing",
}  # fmt: skip
NO_ROLE, LACKING = "file.service_without_role", frozenset({"field.required", "agreement.no_service"})
LIKELY_DOUBLE = "client.likely_double_"


@dataclass(frozen=True)
class ForAll:
    """What a person says about all clients of a file. `services`: the office's role in each service of the clients of
    which the file names none, and in a service that it names without a role. `in_force_from`: the local
    day from which the agreements hold of which the file has no day. `contact_name`: what a contact is called for whom
    the file has no name. None: the file itself says it everywhere."""

    services: Mapping[str, str] | None
    in_force_from: date | None
    contact_name: str | None


class ForAllSchema(Resource):
    """What is said about all clients of a file."""

    makes = ForAll
    services = Services(required=False)
    in_force_from = Day()
    contact_name = Line()


def as_answers(said: ForAll) -> dict[str, Any]:
    """Return what was said of all clients as ForAllSchema reads it."""
    day = said.in_force_from
    return {"services": said.services, "in_force_from": day and day.isoformat(), "contact_name": said.contact_name}


@dataclass(frozen=True)
class ForClients(ForAll):
    """What a person says before the clients of a file are taken. `confirmed_doubles`: those that are like others are
    other clients. `leave_out`: the rows that do not fit, which were told, are left out."""

    confirmed_doubles: bool = False
    leave_out: bool = False


class ForClientsSchema(ForAllSchema):
    """What is said before the clients of a file are taken."""

    makes = ForClients
    confirmed_doubles = YesNo(load_default=False)
    leave_out = YesNo(load_default=False)


class FromFile(NamedTuple):
    """A client as it would be registered, with its row in the file."""

    row: Row
    client: NewClient


@dataclass
class CheckedClients:
    """What taking a file would do. `new`: the clients that would be registered. `known_again`: the rows of clients that
    the office has, of which the file says what was agreed. `differ`: the rows of those of which it says something else.
    `faults`: what cannot be taken. `doubles`: new clients that are like others, which a person confirms to be other
    clients."""

    new: list[FromFile] = field(default_factory=list)
    known_again: list[int] = field(default_factory=list)
    differ: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    doubles: list[Fault] = field(default_factory=list)

    @property
    def clients(self) -> list[NewClient]:
        """The clients that would be registered."""
        return [each.client for each in self.new]


def check_clients(rows: Iterable[Row], for_all: ForAll, headings: Mapping[str, str]) -> CheckedClients:
    """Return what taking these rows would do, with all faults at once; nothing is registered.

    A row with a fault is left out of what is compared with the office's clients. `headings`: by field of the file, the
    heading of its column.
    """
    checked, listed = CheckedClients(), list(rows)
    known = known_among([_listed(values) for _, values in listed])
    for nth, row in enumerate(listed):
        if nth not in known:
            _load(row, for_all, headings, checked)
        elif known[nth].otherwise or known[nth].ended_on:
            checked.differ.append(row[0])
            checked.faults.extend(_listed_otherwise(row, known[nth], headings))
        else:
            checked.known_again.append(row[0])
    refusals = refusals_of(checked.clients, is_confirmed=False) if checked.new else []
    for fault in at_rows(refusals, checked.new, headings):
        (checked.doubles if fault.key.startswith(LIKELY_DOUBLE) else checked.faults).append(fault)
    checked.faults.sort(key=lambda fault: fault.row)
    return checked


def new_clients(rows: Iterable[Row], for_all: ForAll, headings: Mapping[str, str]) -> CheckedClients:
    """Return the clients of these rows, by the same rules as those that a person types, and the faults of the others.

    The office's own clients are not looked at.
    """
    checked = CheckedClients()
    for row in rows:
        _load(row, for_all, headings, checked)
    return checked


def at_rows(refusals: Iterable[Invalid], new: Sequence[FromFile], headings: Mapping[str, str]) -> list[Fault]:
    """Return refusals of a list of clients ("clients.3.kvk_number") at the rows that these came from. One that is about
    the whole list stands at its last row."""
    faults = list[Fault]()
    for refusal in refusals:
        _, nth, of_client = ((refusal.field or "") + "..").split(".", 2)
        place = whole_of(nth, len(new))
        row = new[-1 if place is None else place].row
        faults.append(_fault(row, Invalid(refusal.key, of_client.rstrip("."), **refusal.values), headings))
    return faults


SCHEMA = ClientSchema()


def _load(row: Row, for_all: ForAll, headings: Mapping[str, str], checked: CheckedClients) -> None:
    if len(checked.new) == MOST_AT_ONCE:
        checked.faults.append(_fault(row, Invalid("file.too_many_clients", "name", most=MOST_AT_ONCE), headings))
        return
    services = services_for(row[1], for_all)
    no_role = [service for service, role in services.items() if role is None]
    roles = {**services, **dict.fromkeys(no_role, OFFICE_ROLES[0])}
    if no_role:
        refusal = Invalid(NO_ROLE, "services", services=_words(dict.fromkeys(no_role)))
        checked.faults.append(_fault(row, refusal, headings, _words(roles)))
    try:
        client = SCHEMA.load(_payload(row[1], for_all, roles))
    except ValidationError as error:
        checked.faults.extend(_fault(row, fault, headings) for fault in faults_of(error).faults)
    else:
        checked.new += [] if no_role else [FromFile(row, client)]


def services_for(values: Mapping[str, Any], for_all: ForAll) -> dict[str, str | None]:
    """Return the services of a row, else those of all rows; the role is None where neither says it."""
    roles = for_all.services or {}
    said: Mapping[str, str | None] = values.get("services") or roles
    return {service: role or roles.get(service) for service, role in said.items()}


def _payload(values: Mapping[str, Any], for_all: ForAll, services: Mapping[str, str | None]) -> dict[str, Any]:
    """Return a row with what is said about all of them, as a client is sent in."""
    names = {} if for_all.contact_name is None else {"name": for_all.contact_name}
    day = values["in_force_from"] or for_all.in_force_from
    return {
        **{name: values[name] for name in ("name", "kvk_number", "client_number", "hours_to_notify")},
        "contacts": [names | dict(contact) for contact in values["contacts"]],
        "services": services, "in_force_from": day and str(day),
        "in_force_to": (last := values.get("in_force_to")) and str(last),
    }  # fmt: skip


def _listed(values: Mapping[str, Any]) -> Listed:
    others = {name: values[name] for name in ("name", "kvk_number", "client_number", "hours_to_notify", "contacts")}
    others["services"] = values.get("services") or {}
    return Listed(in_force_from=_day(values["in_force_from"]), in_force_to=_day(values.get("in_force_to")), **others)


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _listed_otherwise(row: Row, known: Known, headings: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault at each column that says something else than was agreed, with what was agreed as its proposal; and
    one for an agreement that is over."""
    values = {"name": known.name, "client_number": row[1]["client_number"], "agreement_id": str(known.agreement_id)}
    if known.ended_on:
        yield _fault(row, Invalid("file.listed_ended", "client_number", day=known.ended_on, **values), headings)
    for name, agreed in known.otherwise.items():
        proposal = "" if agreed is None or name == "contacts" else _said(agreed)
        yield _fault(row, Invalid("file.listed_otherwise", name, **values), headings, proposal)


def _fault(row: Row, refusal: Invalid, headings: Mapping[str, str], proposal: str = "") -> Fault:
    """Return a refusal of a client ("contacts.0.email") at the column and with the cell of its row."""
    number, values = row
    name, *within = (refusal.field or "").split(".")
    of_file = COLUMNS[within[-1] if within else name] if name == "contacts" else name
    key = MISSING.get(of_file, refusal.key) if refusal.key in LACKING else refusal.key
    cell = values.get(name) if name != "contacts" else _cell_of(values["contacts"], within)
    column = headings.get(of_file, "")
    return Fault(number, column, key, _said(cell)[:100], proposal, {"column": column, **refusal.values})


def _said(value: Any) -> str:
    """Return a value as a cell of the file says it."""
    return _words(value) if isinstance(value, Mapping) else str(value or "")


def _words(services: Mapping[str, str | None]) -> str:
    return words_of_services(services, catalogue(locale()))


def _cell_of(contacts: Sequence[Mapping[str, str]], within: Sequence[str]) -> str:
    if not within:
        return ", ".join(" ".join(contact.values()) for contact in contacts)
    nth = whole_of(within[0], len(contacts))
    return "" if nth is None else contacts[nth].get(within[-1], "")
