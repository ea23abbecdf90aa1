"""Clients of a list that stand in an earlier list of the same form: told in its dry run, with that list and the row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from service.files.purposes import HITS
from service.reading.outcome import Fault
from service.reading.reader import Reading
from tenants.errors import NotFound
from tenants.files.parts import ITEMS, all_rows
from tenants.files.uploaded import TAKEN, WAITING, UploadedFile, uploaded_file


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
    """Return where each client of these lists stands: its row, and the name of the list."""
    places = dict[str, tuple[int, str]]()
    for file in filter(None, map(_list_of, beside)):
        name = file.words["name"]
        for row, values in all_rows(file.id, ITEMS):
            places.setdefault(values["client_number"], (row, name))
    return places


def _list_of(file_id: str) -> UploadedFile | None:
    """Return a list of which the clients are known: it was taken, or somebody said which column is which."""
    try:
        file = uploaded_file(UUID(file_id))
    except (ValueError, NotFound):
        return None
    is_known = file.state == TAKEN or (file.state == WAITING and file.is_confirmed)
    return file if file.purpose == HITS and is_known else None
