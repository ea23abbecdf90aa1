"""Clients of a list that stand in an earlier list of the same form: told in its dry run, with that list and the row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from service.reading.outcome import Fault
from service.reading.reader import Reading
from tenants.files.parts import ITEMS, all_rows
from tenants.files.taken_hits import hits_file
from tenants.files.uploaded import TAKEN


def hits_of_this_list(
    reading: Reading, batches: Iterable[list[list[Any]]], beside: Sequence[str]
) -> Iterator[list[list[Any]]]:
    """Return the items, [row, values], of clients that stand in no earlier list. The faults of the others come to the
    faults of the reading. `beside`: the ids of the earlier lists."""
    earlier = _earlier(beside)
    for batch in batches:
        doubled = [item for item in batch if item[1]["client_number"] in earlier]
        faults = [_fault(reading, row, values["client_number"], earlier) for row, values in doubled]
        reading.faults = sorted(reading.faults + faults, key=lambda fault: fault.row)
        yield [item for item in batch if item[1]["client_number"] not in earlier]


def _fault(reading: Reading, row: int, number: str, earlier: dict[str, tuple[int, str]]) -> Fault:
    first, name = earlier[number]
    heading = reading.columns.heading(reading.columns.places["client_number"][0])
    return Fault(row, heading, "client.doubled_in_list", number, "", {
        "client_number": number, "first": first, "file": name,
    })  # fmt: skip


def _earlier(beside: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Return where each client of these lists stands: its row, and the name of the list. A list of which nobody said
    which column is which has no clients yet."""
    places = dict[str, tuple[int, str]]()
    lists = filter(None, map(hits_file, beside))
    for file in (file for file in lists if file.state == TAKEN or file.is_confirmed):
        name = file.words["name"]
        for row, values in all_rows(file.id, ITEMS):
            places.setdefault(values["client_number"], (row, name))
    return places
