"""Looking through the rows of a file before it is taken: for somebody, and at some of its names."""

from itertools import islice
from typing import Any

from tenants.files.parts import ITEMS, all_rows
from tenants.files.uploaded import UploadedFile
from workflows.notice.names_to_look_at import NamesToLookAt, names_to_look_at

MOST_FOUND, LONGEST_SEARCH = 100, 200


def rows_with(file: UploadedFile, words: str) -> list[dict[str, Any]]:
    """Return the first rows of which a value has these words in it, whatever their capitals."""
    wanted = words.casefold()
    rows = ({"row": row, **values} for row, values in all_rows(file.id, ITEMS) if _has(values, wanted))
    return list(islice(rows, MOST_FOUND))


def names_of_people(file: UploadedFile) -> NamesToLookAt | None:
    """Return some names of a list of people; None when nobody has a name."""
    return names_to_look_at(values["name"] or "" for _, values in all_rows(file.id, ITEMS))


def _has(values: dict[str, Any], wanted: str) -> bool:
    return any(wanted in value.casefold() for value in values.values() if isinstance(value, str))
