"""Lists that people upload as CSV: the clients that an incident hits, and the people who get a notice."""

import re
from collections.abc import Iterable
from datetime import datetime

from marshmallow import ValidationError

from service.csv.files import cell_of
from service.csv.rows import Faults, Row, bare, rows_of
from service.schemas.compared import moment_faults
from service.schemas.fields import MOST_PEOPLE
from service.schemas.moment import past
from service.words.addresses import mail_address
from service.words.signs import CONTROLS
from service.words.whole_numbers import typed_whole
from tenants.errors import Invalid
from tenants.lines import one_line
from workflows.escalation.incident import ClientHit
from workflows.law.moments import MomentDoesNotExist, MomentIsTwice, MomentUnreadable, read_local
from workflows.mail.batches import LONGEST_NAME, Addressee
from workflows.mail.unmailed import Unmailed

MOST_CLIENTS, MOST_RECIPIENTS = 20_000, 100_000
CLIENT_COLUMNS = {
    **dict.fromkeys(("clientnumber", "klantnummer", "opdrachtgever", "opdrachtgevernummer", "client"), "client_number"),
    **dict.fromkeys(("people", "betrokkenen", "aantal", "aantalbetrokkenen"), "people"),
    **dict.fromkeys(("peoplemin", "minstens", "minimaal", "betrokkenenminimaal"), "people_min"),
    **dict.fromkeys(("peoplemax", "hoogstens", "maximaal", "betrokkenenmaximaal"), "people_max"),
    **dict.fromkeys(("informedat", "geinformeerdop", "geinformeerd"), "informed_at"),
    **dict.fromkeys(("informedhow", "geinformeerdhoe", "hoe"), "informed_how"),
}
RECIPIENT_COLUMNS = {
    **dict.fromkeys(("name", "naam"), "name"),
    **dict.fromkeys(("email", "emailadres", "emailaddress", "mail", "adres"), "email"),
}
HOW = {"phone": "phone", "telefoon": "phone", "gebeld": "phone", "letter": "letter", "brief": "letter"}
UNKNOWN = ("", "?", "-", "onbekend", "unknown")
LONGEST_CELLS = {
    "client_number": 40, "people": 60, "people_min": 30, "people_max": 30, "informed_at": 60, "informed_how": 30,
    "name": 200, "email": 400,
}  # fmt: skip
"""The most characters of a cell, by column. A longer cell is a fault, and its text is not read."""
DUTCH_MOMENT = re.compile(
    r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})[ T]{1,3}([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?([+-][0-9]{2}:[0-9]{2})?"
)
DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
BETWEEN = ("t/m", "tot", "to", "–", "-")
"""The signs between the two ends of a range. The first sign in this order that the text has is used."""


def read_clients(content: bytes | str, aware_at: datetime | None = None, confirmed: bool = False) -> list[ClientHit]:
    """Return the clients in a file: the number of each and, when known, how many people and when they were told.

    `aware_at` is when the office itself was aware, when that is known; nobody was told before it. `confirmed`: the
    sender says that moments of long ago are right. Raises ManyInvalid with every fault at its line.
    """
    faults, hits = Faults("clients_csv"), list[ClientHit]()
    lines: dict[str, int] = {}
    for row in rows_of(content, CLIENT_COLUMNS, {"client_number"}, LONGEST_CELLS, faults):
        hit, first = _hit(row, faults), lines.setdefault(row["client_number"], row.line)
        if first != row.line and hit.client_number:
            faults.add("client.doubled", row.line, client_number=row["client_number"], first=first)
        _compare(hit, aware_at, confirmed, faults)
        hits.append(hit)
        if len(hits) > MOST_CLIENTS:
            faults.add("csv.too_many_lines", row.line, most=MOST_CLIENTS)
            faults.refuse()
    if not hits and not faults.refusals:
        faults.add("csv.empty", 1)
    faults.refuse()
    return hits


def read_recipients(content: bytes | str) -> list[Addressee | Unmailed]:
    """Return the people in a file: the address of each, and a name. Raises ManyInvalid with every fault at its line."""
    faults = Faults("recipients")
    rows = rows_of(content, RECIPIENT_COLUMNS, {"email"}, LONGEST_CELLS, faults)
    return addressees(((row.line, row["name"], row["email"]) for row in rows), faults)


def addressees(people: Iterable[tuple[int, str, str]], faults: Faults | None = None) -> list[Addressee | Unmailed]:
    """Return the people of a list, from (line, name, address).

    Each address is mailed once. Somebody with only a name, or with the address of another person, is kept without
    mail; the same person twice counts once. Raises ManyInvalid with every fault at its line.
    """
    faults, rows = faults or Faults("recipients"), list[Addressee | Unmailed]()
    names: dict[str, set[str]] = {}
    for line, name, address in people:
        try:
            person = _person(name, address)
        except Invalid as refusal:
            faults.add(refusal.key, line, **{"address": address[:100]} | refusal.values)
            continue
        named = one_line(name).casefold()
        others = names.setdefault(person.address.casefold(), set())
        if person.address and others and named in (*others, ""):
            continue
        rows.append(Unmailed(name, person.address) if person.address and others else person)
        others.add(named)
        if len(rows) > MOST_RECIPIENTS:
            faults.add("csv.too_many_lines", line, most=MOST_RECIPIENTS)
            faults.refuse()
    if not rows and not faults.refusals:
        faults.add("csv.empty", 1)
    faults.refuse()
    return rows


def _person(name: str, address: str) -> Addressee | Unmailed:
    if len(name) > LONGEST_NAME:
        raise Invalid("mail.name_invalid")
    if not address.strip() and one_line(name):
        return Unmailed(name, "")
    return Addressee(name, mail_address(address))


def _hit(row: Row, faults: Faults) -> ClientHit:
    number = row["client_number"]
    if not number:
        faults.add("csv.client_number_missing", row.line)
    elif CONTROLS.search(number):
        faults.add("client.unknown", row.line, client_number=number)
    least, most = _people(row, faults)
    return ClientHit(row.line, number, least, most, *_informed(row, faults))


def _people(row: Row, faults: Faults) -> tuple[int | None, int | None]:
    """Return the least and the largest number of people of a row; None for a bound that is not known.

    The row has one number, a range such as "10-20", or two columns.
    """
    between = _ends(row["people"])
    if row["people_min"] or row["people_max"]:
        ends = (row["people_min"], row["people_max"])
    elif between:
        ends = between
    else:
        sure = _number(row["people"], row.line, faults)
        return sure, sure
    least, most = (_number(end, row.line, faults) for end in ends)
    if least is not None and most is not None and least > most:
        faults.add("fact.people_reversed", row.line)
    return least, most


def _ends(text: str) -> tuple[str, str] | None:
    for sign in BETWEEN:
        least, separator, most = text.partition(sign)
        if separator and least.strip() and most.strip():
            return least.strip(), most.strip()
    return None


def _number(text: str, line: int, faults: Faults) -> int | None:
    if text.lower() in UNKNOWN:
        return None
    if (number := typed_whole(text, MOST_PEOPLE)) is not None:
        return number
    faults.add("csv.not_a_number", line, value=text[:40])
    return None


def _informed(row: Row, faults: Faults) -> tuple[datetime | None, str | None]:
    at, how = row["informed_at"], HOW.get(bare(row["informed_how"]))
    if not at and not row["informed_how"]:
        return None, None
    if not at or not row["informed_how"]:
        faults.add("client.informed_incomplete", row.line)
    elif how is None:
        faults.add("csv.informed_how", row.line, value=row["informed_how"])
    return (_moment(at, row.line, faults) if at else None), how


def _moment(text: str, line: int, faults: Faults) -> datetime | None:
    """Return when a client was told.

    A moment in the hour that the clock passes twice is a fault that shows both spellings.
    """
    try:
        return past(read_local(_iso(text)))
    except MomentIsTwice as twice:
        first, second = (cell_of(moment) for moment in (twice.first, twice.second))
        faults.add("csv.moment_is_twice", line, value=text, first=first, second=second)
        return twice.second
    except MomentUnreadable:
        key = "csv.moment_without_time" if DAY.fullmatch(text) else "csv.moment_unreadable"
        faults.add(key, line, value=text)
    except MomentDoesNotExist as refusal:
        faults.add(refusal.key, line)
    except ValidationError as error:
        for key in error.messages:
            faults.add(str(key), line, **getattr(key, "values", {}))
    return None


def _compare(hit: ClientHit, aware_at: datetime | None, confirmed: bool, faults: Faults) -> None:
    for fault in moment_faults({"became_aware_at": aware_at, "informed_at": hit.informed_at}, confirmed):
        faults.add(fault.key, hit.line, **fault.values)


def _iso(text: str) -> str:
    """Return a Dutch spreadsheet's 20-11-2026 8:40 in ISO form. It may end with an offset such as +01:00."""
    match = DUTCH_MOMENT.fullmatch(text)
    if match is None:
        return text
    day, month, year, hour, minute, offset = match.groups()
    return f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}{offset or ''}"
