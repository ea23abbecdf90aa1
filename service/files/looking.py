"""Looking through the rows of a file before it is taken: for somebody, and at some of its names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from service.files.dry_run import rows_shown
from service.files.purposes import HITS
from tenants.agreements.client_list import names_by_number
from tenants.files.parts import FAULTS, ITEMS, all_rows
from tenants.files.uploaded import UploadedFile
from workflows.notice.names_to_look_at import NamesToLookAt

MOST_FOUND, LONGEST_SEARCH = 100, 200
AS_NUMBERS = frozenset({"client_number", "kvk_number", "reference"})
"""Values that are found without their blanks and the zeros before them too."""


@dataclass(frozen=True)
class Found:
    """The first rows in which words were found, as a dry run shows them: those that fit, and those that do not."""

    fits: list[dict[str, Any]]
    faults: list[dict[str, Any]]


def rows_with(file: UploadedFile, words: str) -> Found:
    """Return the first rows of which a value has these words in it, whatever their capitals. Clients that were hit are
    found by their names too."""
    names = _names(file)
    fits = (row for row in all_rows(file.id, ITEMS) if _has({**row[1], "called": names.get(_number(row[1]))}, words))
    faults = (row for row in all_rows(file.id, FAULTS) if _has({"client_number": row["value"]}, words))
    return Found(*(
        rows_shown(file, shown, list(islice(rows, MOST_FOUND))) for shown, rows in (("fits", fits), ("faults", faults))
    ))  # fmt: skip


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
