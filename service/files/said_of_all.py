"""What clients of a file lack because nobody said it of all of them: a service, a role, a day, a name for contacts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.reading.outcome import Fault
from service.schemas.clients_from_file import CheckedClients, ForAll, Row, check_clients
from tenants.agreements.processing_agreements import SERVICES
from tenants.errors import Invalid

BY_THE_DAY = frozenset({"agreement.doubled", "agreement.overlaps"})
"""Faults that a row without a day of its own has on some days only."""
ANSWERED_AT: Mapping[str, tuple[str, str]] = {
    "file.service_missing": ("answers.services", "file.services_missing"),
    "file.service_without_role": ("answers.services", "file.roles_missing"),
    "file.in_force_from_missing": ("answers.in_force_from", "file.days_missing"),
    "file.contact_name_missing": ("answers.contact_name", "file.contact_names_missing"),
}
"""By fault of a row: the answer for all clients that mends it, and the fault of all rows that lack it."""


@dataclass(frozen=True)
class Refused:
    """What is wrong with the clients of a file: `unanswered` by its answer, once for all rows; `faults` by row; and
    `doubles`, which a person may confirm to be other clients."""

    unanswered: Sequence[Invalid]
    faults: Sequence[Fault]
    doubles: Sequence[Fault]


def refused_with(checked: CheckedClients, rows: Sequence[Row], said: ForAll, today: date, headings: Mapping[str, str]
                 ) -> Refused:  # fmt: skip
    """Return all that is wrong at once: where an answer lacks, the rows are checked as if it had been given.

    `checked`: these rows with what was said of all of them. `headings`: as for `check_clients`.
    """
    lacking = [fault for fault in checked.faults if fault.key in ANSWERED_AT]
    if not lacking:
        return Refused((), checked.faults, checked.doubles)
    supposed = check_clients(rows, supposing(said, today), headings)
    faults = supposed.faults if said.in_force_from else sure_faults(supposed.faults, rows)
    return Refused(_once_each(lacking), faults, supposed.doubles)


def supposing(said: ForAll, today: date) -> ForAll:
    """Return what was said of all clients, with an answer where there is none yet."""
    roles = {**dict.fromkeys(SERVICES, "processor"), **(said.services or {})}
    return ForAll(roles, said.in_force_from or today, said.contact_name or "-")


def sure_faults(faults: Iterable[Fault], rows: Iterable[Row]) -> list[Fault]:
    """Return the faults that a row has from whatever day its agreement holds."""
    dated = {row for row, values in rows if values["in_force_from"]}
    return [fault for fault in faults if fault.row in dated or fault.key not in BY_THE_DAY]


def _once_each(lacking: Iterable[Fault]) -> list[Invalid]:
    rows = dict[str, list[int]]()
    for fault in lacking:
        rows.setdefault(fault.key, []).append(fault.row)
    return [_of_rows(*ANSWERED_AT[key], list(dict.fromkeys(numbers))) for key, numbers in rows.items()]


def _of_rows(field: str, key: str, rows: Sequence[int]) -> Invalid:
    return Invalid(key, field, count=len(rows), row=str(rows[0]))
