"""A CSV file for a spreadsheet: semicolons, UTF-8 with a byte order mark, and no cell that is run as a formula."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, cast

from flask import Response

from workflows.law.periods import AMSTERDAM

IN_MEMORY = 16 * 1024 * 1024
CHUNK = 64 * 1024
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet reads a cell that begins with one of these as a formula."""


class CsvFile:
    """A file that is complete before its first byte is sent, so its export is recorded in the same transaction."""

    def __init__(self, headings: Iterable[str]) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._text = io.TextIOWrapper(self._file, "utf-8-sig", newline="")
        self._csv = csv.writer(self._text, delimiter=";")
        self.write(headings)

    def write(self, cells: Iterable[object]) -> None:
        """Write one line with these cells."""
        self._csv.writerow([cell_of(cell) for cell in cells])

    def answer(self, name: str) -> Response:
        """Return the file as a download with this name."""
        self._text.flush()
        return sent(cast(IO[bytes], self._text.detach()), name, "text/csv; charset=utf-8")


def cell_of(value: object) -> str:
    """Return a value as a spreadsheet reads it: a moment in local time with its offset, and never a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM).isoformat(" ", "minutes")
    words = str(value)
    return f"'{words}" if words.startswith(RUNS) else words


def sent(file: IO[bytes], name: str, content_type: str) -> Response:
    """Return a complete file as a download with this name."""
    size = file.tell()
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return Response(_chunks(file), content_type=content_type, headers=headers)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
