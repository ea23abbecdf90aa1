"""CSV for a spreadsheet: semicolons, UTF-8 with a byte order mark, and no cell that is run as a formula."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

from workflows.law.periods import AMSTERDAM

CONTENT_TYPE = "text/csv; charset=utf-8"
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet reads a cell that begins with one of these as a formula."""
_WITHIN = re.compile(r"(?<=[,\t\r\n])(\"*)('*)(?=[=+\-@＝＋－＠])")
"""Where a program that takes a comma, a tab or a line's end for the end of a cell begins a cell that runs."""


@contextmanager
def csv_rows(file: IO[bytes], headings: Iterable[str]) -> Iterator[Callable[[Iterable[object]], None]]:
    """Begin a file with these headings; what it gives writes a row with these cells."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    rows = csv.writer(text, delimiter=";")
    rows.writerow(map(cell_of, headings))
    yield lambda cells: rows.writerow(map(cell_of, cells))
    text.flush()
    text.detach()


def cell_of(value: object) -> str:
    """Return a value as a spreadsheet reads it: a moment in local time with its offset, in seconds where it has
    them, and never a formula.

    An apostrophe before what would run keeps it from running: at the begin of the cell, and behind a comma, a tab and a
    line's end in it, which begin a cell for a program that reads the file with another separator. So does one before
    such an apostrophe, which a reader takes away again.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM).isoformat(" ", "seconds" if value.second else "minutes")
    words = str(value)
    words = _WITHIN.sub(r"\1'\2", words)
    return f"'{words}" if words.lstrip("'").startswith(RUNS) else words
