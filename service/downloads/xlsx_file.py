"""XLSX for a spreadsheet: numbers, days and moments as cells of their kind, and text that is never anything else.

A cell has no time zone. So a moment is the local time of Amsterdam, and each cell says so, with the offset of then:
the hour that the clock passes twice can be told apart.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from tempfile import TemporaryDirectory
from typing import IO, Any

import xlsxwriter

from workflows.law.periods import AMSTERDAM

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576
"""The most rows of a sheet, headings included, for every spreadsheet. More rows go on in a next sheet."""
FIRST_YEAR = 1900
"""A spreadsheet counts days from this year. An older day is text."""
WIDTH = 18
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def xlsx_rows(
    file: IO[bytes], headings: Sequence[str], sheet: str, most_rows: int = MOST_ROWS
) -> Iterator[Callable[[Iterable[object]], None]]:
    """Begin a file with these headings; what it gives writes a row with these cells. One row is in memory at a time.
    `sheet`: the name of the sheet, at most 28 characters; a next sheet has its number behind that.
    """
    with TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(file, {**PLAIN, "constant_memory": True, "tmpdir": folder})
        sheets = _Sheets(book, headings, sheet, most_rows)
        yield sheets.write
        book.close()


class _Sheets:
    """The sheets of a file, of which the last one is written."""

    def __init__(self, book: Any, headings: Sequence[str], name: str, most_rows: int) -> None:
        self._book, self._headings, self._name, self._most_rows, self._count = book, headings, name, most_rows, 0
        self._bold, self._day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        self._moments: dict[str, Any] = {}
        self._begin()

    def write(self, cells: Iterable[object]) -> None:
        """Write one row, on a new sheet when this one is full."""
        if self._row == self._most_rows:
            self._begin()
        for place, value in enumerate(cells):
            self._put(place, value)
        self._row += 1

    def _begin(self) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet(self._name if self._count == 1 else f"{self._name} {self._count}")
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(self._headings) - 1, 0), WIDTH)
        for place, heading in enumerate(self._headings):
            self._sheet.write_string(0, place, heading, self._bold)
        self._row = 1

    def _put(self, place: int, value: object) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime) and value.year >= FIRST_YEAR:
            local = value.astimezone(AMSTERDAM)
            clock = local.replace(tzinfo=None, microsecond=0)
            self._sheet.write_datetime(self._row, place, clock, self._moment(local))
        elif isinstance(value, date) and value.year >= FIRST_YEAR:
            self._sheet.write_datetime(self._row, place, value, self._day)
        elif isinstance(value, int | float):
            self._sheet.write_number(self._row, place, value)
        else:
            self._sheet.write_string(self._row, place, str(value))

    def _moment(self, local: datetime) -> Any:
        """Return how a moment is shown: with the offset of its own time of the year."""
        offset = local.isoformat("T", "minutes")[16:]
        if offset not in self._moments:
            words = f'yyyy-mm-dd hh:mm "Amsterdam ({offset})"'
            self._moments[offset] = self._book.add_format({"num_format": words})
        return self._moments[offset]
