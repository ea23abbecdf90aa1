"""Lists that are sent in as a whole, without a look at them first: what asks for a person's answer is refused.

A list of which somebody chooses the columns comes as a file (service/files).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from service.reading.outcome import Item, Unreadable
from service.reading.questions import words_of
from service.reading.reader import reading_of
from service.schemas.compared import moment_faults
from service.schemas.moment import past
from service.words.addresses import mail_address
from service.words.texts import t
from tenants.errors import Invalid, ManyInvalid
from tenants.files.taken_hits import hits_in
from tenants.lines import one_line
from workflows.escalation.incident import ClientHit
from workflows.mail.batches import LONGEST_NAME, Addressee
from workflows.mail.shared_addresses import each_once
from workflows.mail.unmailed import Unmailed

MOST_CLIENTS, MOST_RECIPIENTS, MOST_FAULTS = 20_000, 100_000, 100
NEEDS_NO_ANSWER = frozenset({
    "file.citizen_numbers", "file.citizen_numbers_used", "file.hidden_columns", "file.headings_row", "file.blank_rows",
    "file.same_person_twice", "file.surname_first",
})  # fmt: skip
"""What the reader says of a file without leaving anything out that somebody could miss."""


class Faults:
    """The faults of a list, each at its line. Beyond a hundred it is probably the wrong list."""

    def __init__(self, field: str, name: str = "") -> None:
        self.field, self.name = field, name
        self.refusals: list[Invalid] = []

    def add(self, key: str, line: int | None, **values: object) -> None:
        """Add one fault. Raises ManyInvalid with all faults when there are too many."""
        place = {"line": line, "list": self.name} if line else {}
        self.refusals.append(Invalid(key, self.field, **values | place))
        if len(self.refusals) >= MOST_FAULTS:
            self.refusals.append(Invalid("csv.and_more", self.field, line=line))
            self.refuse()

    def refuse(self) -> None:
        """Raise ManyInvalid with all faults, if there are any."""
        if self.refusals:
            raise ManyInvalid(self.refusals)


def read_clients(content: bytes | str, aware_at: datetime | None = None, confirmed: bool = False) -> list[ClientHit]:
    """Return the clients in a list: the number of each and, when known, how many people and when they were told.

    `aware_at` is when the office itself was aware, when that is known; nobody was told before it. `confirmed`: the
    sender says that moments of long ago are right. Raises ManyInvalid with every fault at its line.
    """
    faults = Faults("clients_csv")
    items = _items(content, "hits", MOST_CLIENTS, faults)
    hits = [hit_of(item.row, item.values) for item in items]
    for hit in hits:
        compare(hit, aware_at, confirmed, faults)
    faults.refuse()
    return hits


def clients_in(file_id: UUID, aware_at: datetime | None = None, confirmed: bool = False) -> list[ClientHit]:
    """Return the clients of a file that was taken; their moments are compared as in `read_clients`.

    Raises NotFound, Invalid for a file that was not taken or was used, and ManyInvalid with every fault at its line.
    """
    name, rows = hits_in(file_id)
    faults, hits = Faults("clients_files", name), list[ClientHit]()
    for row, values in rows:
        at = values["informed_at"]
        hit = hit_of(row, {**values, "informed_at": at and datetime.fromisoformat(at)})
        hits.append(replace(hit, source="clients_files", file=name))
        compare(hits[-1], aware_at, confirmed, faults)
    faults.refuse()
    return hits


def read_recipients(content: bytes | str) -> list[Addressee | Unmailed]:
    """Return the people in a list: the address of each, and a name. Raises ManyInvalid with every fault at its line."""
    faults = Faults("recipients")
    items = _items(content, "recipients", MOST_RECIPIENTS, faults)
    people = [(item.row, item.values["name"] or "", item.values["address"] or "") for item in items]
    faults.refuse()
    return addressees(people, faults)


def hit_of(line: int, values: Mapping[str, Any]) -> ClientHit:
    """Return a client of the values that the reader makes of a row."""
    names = ("client_number", "people_min", "people_max", "estimate", "informed_at", "informed_how")
    return ClientHit(line, *(values[name] for name in names))


def compare(hit: ClientHit, aware_at: datetime | None, confirmed: bool, faults: Faults) -> None:
    """Add what is wrong with the moment at which a client was told, beside that of the office itself."""
    if hit.informed_at is not None:
        try:
            past(hit.informed_at)
        except ValidationError as error:
            for key in error.messages:
                faults.add(str(key), hit.line, **getattr(key, "values", {}))
    for fault in moment_faults({"became_aware_at": aware_at, "informed_at": hit.informed_at}, confirmed):
        faults.add(fault.key, hit.line, **fault.values)


def addressees(people: Iterable[tuple[int, str, str]], faults: Faults | None = None) -> list[Addressee | Unmailed]:
    """Return the people of a list, from (line, name, address), each once (workflows/mail/shared_addresses.py).

    People who share an address are mailed together; somebody with only a name is kept without mail. Raises ManyInvalid
    with every fault at its line.
    """
    faults, rows = faults or Faults("recipients"), list[Addressee | Unmailed]()
    for line, name, address in people:
        try:
            rows.append(_person(name, address))
        except Invalid as refusal:
            faults.add(refusal.key, line, **{"address": address[:100]} | refusal.values)
        if len(rows) > MOST_RECIPIENTS:
            faults.add("csv.too_many_lines", line, most=MOST_RECIPIENTS)
            faults.refuse()
    if not rows and not faults.refusals:
        faults.add("csv.empty", None)
    faults.refuse()
    return list(each_once(rows))


def _person(name: str, address: str) -> Addressee | Unmailed:
    if len(name) > LONGEST_NAME:
        raise Invalid("mail.name_invalid")
    if not address.strip() and one_line(name):
        return Unmailed(name, "")
    return Addressee(name, mail_address(address))


def _items(content: bytes | str, purpose: str, most: int, faults: Faults) -> list[Item]:
    """Return the items of a list. What is wrong with it, and what it asks, is added to the faults."""
    try:
        reading = reading_of(content.encode() if isinstance(content, str) else content, purpose)
        items = []
        for item in reading.items():
            items.append(item)
            if len(items) > most:
                raise Unreadable("file.too_many_rows", most=most)
    except Unreadable as error:
        faults.add(error.key, None, **error.values)
        faults.refuse()
        return []
    for ask in reading.asks:
        if ask.key not in NEEDS_NO_ANSWER:
            faults.add("file.question", ask.rows[0] if ask.rows else None, question=words_of(ask, t))
    for fault in reading.faults:
        faults.add(fault.key, fault.row, **fault.values)
    if not items and not faults.refusals:
        faults.add("csv.empty", None)
    return items
