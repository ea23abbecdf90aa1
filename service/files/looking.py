"""Looking through the rows of a file before it is taken: for somebody, and at some of its names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from service.files.choices import from_kept
from service.files.dry_run import rows_shown
from service.files.faults_csv import wrong_rows
from service.files.purposes import HITS
from service.files.receiving import reading_as_chosen
from tenants.agreements.client_list import names_by_number
from tenants.files.parts import ITEMS, all_rows, content_of
from tenants.files.uploaded import UploadedFile
from workflows.notice.names_to_look_at import NamesToLookAt

MOST_FOUND, LONGEST_SEARCH = 100, 200
MOST_NAMED = 20_000
"""Of how many rows at most a page of faults says whose they are: as many as a list of clients or a register has."""
WHOSE = (
    "reference", "client_number", "name", "initials", "first_name", "infix", "last_name", "title",
)
"""The fields that say whose row it is, in the order in which people say them."""
AS_NUMBERS = frozenset({"client_number", "kvk_number", "reference"})
"""Values that are found without their blanks and the zeros before them too."""


@dataclass(frozen=True)
class Found:
    """The first rows in which words were found, as a dry run shows them: those that fit, and those that do not."""

    fits: list[dict[str, Any]]
    faults: list[dict[str, Any]]


def rows_with(file: UploadedFile, words: str) -> Found:
    """Return the first rows of which a value has these words in it, whatever their capitals: rows that do not fit by
    all cells of their used columns. Clients that were hit are found by their names too."""
    names = _names(file)
    cells = _cells_of_faulty(file)
    fits = (row for row in all_rows(file.id, ITEMS) if _has({**row[1], "called": names.get(_number(row[1]))}, words))
    faults = (fault for values, wrong in cells for fault in wrong if _has({**values, "": fault["value"]}, words))
    return Found(*(
        rows_shown(file, shown, list(islice(rows, MOST_FOUND))) for shown, rows in (("fits", fits), ("faults", faults))
    ))  # fmt: skip


def whose_rows(file: UploadedFile, faults: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Return, by row, the name and number that rows with these faults say, as they stand in the file; nothing of a file
    with more than MOST_NAMED rows, which would be read again for each page."""
    rows = {fault["row"] for fault in faults}
    if not rows or file.words["reading"]["rows"] > MOST_NAMED:
        return {}
    until = takewhile(lambda read: read[1][0]["row"] <= max(rows), _cells_of_faulty(file))
    said = ((wrong[0]["row"], [values[name] for name in WHOSE if values.get(name)]) for values, wrong in until)
    return {row: " ".join(words) for row, words in said if row in rows}


def _cells_of_faulty(file: UploadedFile) -> Iterator[tuple[dict[str, str], list[Mapping[str, Any]]]]:
    """Yield of each row with faults its used cells, by the name of their field, and its faults. Several columns of one
    field are one text."""
    words = file.words
    if not (words.get("reading") or {}).get("faults"):
        return
    reading = reading_as_chosen(content_of(file.id), file.purpose, from_kept(words["choices"]))
    for _, cells, faults in wrong_rows(reading, file):
        values = dict[str, str]()
        for place, name in reading.columns.used.items():
            cell = cells[place] if place < len(cells) else ""
            values[name] = " ".join(filter(None, (values.get(name), cell)))
        yield values, faults


def names_of_people(file: UploadedFile) -> NamesToLookAt | None:
    """Return some names of a list of people, as its reading kept them; None when nobody has a name."""
    kept = file.words.get("names")
    return NamesToLookAt.kept(kept) if kept else None


def _names(file: UploadedFile) -> Mapping[str, str]:
    if file.purpose != HITS:
        return {}
    return names_by_number(_number(values) for _, values in all_rows(file.id, ITEMS))


def _number(values: Mapping[str, Any]) -> str:
    number: str = values.get("client_number") or ""
    return number


def _has(values: Mapping[str, Any], words: str) -> bool:
    wanted, number = words.casefold(), _bare(words)
    return any(wanted in text.casefold() for text in _texts(values.values())) or (bool(number) and any(
        number in _bare(str(values[name])) for name in AS_NUMBERS & values.keys()
    ))


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """Yield each text among these values, and in those that are lists of texts or hold texts by name."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _texts(value)
        elif isinstance(value, dict):
            yield from _texts(value.values())


def _bare(number: str) -> str:
    return "".join(number.split()).casefold().lstrip("0")
