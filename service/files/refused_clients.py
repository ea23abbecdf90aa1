"""What registering the clients of a file would refuse, told in its dry run: the same rules, asked of the same set.

Nothing is registered. What a person says of all clients (services, the day, a name for contacts) may not be known yet:
then what lacks for want of it is not told, and neither is what depends on that day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.files.said_of_all import supposing, sure_faults
from service.reading.outcome import Ask, Fault, about_rows
from service.reading.reader import Reading
from service.schemas.clients_from_file import CheckedClients, ForAll, ForAllSchema, Row, check_clients
from workflows.law.periods import AMSTERDAM

LISTED_OTHERWISE = "file.listed_otherwise"

def fitting_clients(
    reading: Reading, items: Iterable[list[Any]], answers: Mapping[str, Any] | None, now: datetime
) -> list[list[Any]]:
    """Return the items, [row, values], that would be registered. The faults of the others, and the question about
    clients that are like others, come to the faults and asks of the reading.

    `answers`: what ForAllSchema reads; None while nobody said it.
    """
    rows: list[Row] = [(row, values) for row, values in items]
    for_all = supposing(ForAll(None, None, None), now.astimezone(AMSTERDAM).date())
    if answers is not None:
        for_all = ForAllSchema().load(dict(answers))
    headings = {name: reading.columns.heading(places[0]) for name, places in reading.columns.places.items()}
    checked = check_clients(rows, for_all, headings)
    checked.faults = [_at_one_column(fault, reading) for fault in checked.faults]
    faults = checked.faults if answers is not None else sure_faults(checked.faults, rows)
    reading.faults = sorted(reading.faults + faults, key=lambda fault: fault.row)
    reading.asks += _asks(checked)
    wrong = {fault.row for fault in faults}
    return [[row, values] for row, values in rows if row not in wrong]


def _at_one_column(fault: Fault, reading: Reading) -> Fault:
    """Return a fault without what was agreed as its proposal where its value stands in several columns: accepted in one
    of them, it would stand beside what the others say."""
    places = reading.columns.places.get("services", ())
    is_several = len(places) > 1 and fault.column == reading.columns.heading(places[0])
    return replace(fault, proposal="") if is_several and fault.key == LISTED_OTHERWISE else fault


def _asks(checked: CheckedClients) -> list[Ask]:
    """Return which clients the office has already, as agreed or otherwise; and the question about those that are like
    others, which a person confirms when the file is taken."""
    return [
        *about_rows("file.clients_known", checked.known_again), *about_rows("file.clients_differ", checked.differ),
        *about_rows("file.likely_doubles", list(dict.fromkeys(fault.row for fault in checked.doubles))),
    ]  # fmt: skip
