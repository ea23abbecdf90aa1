"""A process of its own that reads one workbook: what a broken file does to memory and time ends with it.

It gets the file on standard input and writes lines of JSON: first the sheets, then rows of one sheet in each line. It
has limits of its own on memory and processor time, and follows no macro, formula or link. A formula gives the value
that the spreadsheet kept with it.

Cells become the words that a person would type: 12 for 12.0, 2026-11-25 for a day, 2026-11-25T09:15 for a moment.
"""

import io
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from service.reading.outcome import Unreadable
from service.reading.packed import measured, opened
from service.reading.sheet_marks import Marks, marks_of
from service.reading.tables import CHUNK

MOST_MEMORY, MOST_SECONDS = 5 * 1024**3 // 4, 60
"""Bytes of address space, and seconds of processor time, that reading one workbook may take."""
MOST_COLUMNS, MOST_CELLS, MOST_WRITTEN = 1_000, 12_000_000, 256 * 1024**2
"""Columns and cells of a sheet, and bytes of all rows together."""
ERROR = "#N/A"
Value = str | float | bool | date | time | datetime | timedelta


def main(kind: str) -> None:
    """Read the workbook on standard input, and write its sheets and rows."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        _write(content, kind)
    except Unreadable as refusal:
        _line({"refused": refusal.key, "values": refusal.values})


def _write(content: bytes, kind: str) -> None:
    measured(opened(content))
    written = 0
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        marks = marks_of(content, [meta.name for meta in sheets], kind)
        for number, meta in enumerate(sheets):
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.start is None:
                continue
            if sheet.width > MOST_COLUMNS or sheet.height * sheet.width > MOST_CELLS:
                raise Unreadable("file.too_many_cells")
            marked = marks[meta.name]
            head = {"rows": sorted(marked.rows), "columns": sorted(marked.columns)}
            is_hidden = meta.visible != SheetVisibleEnum.Visible
            _line({"sheet": number, "name": meta.name, "is_hidden": is_hidden, **head})
            for first, cells in _chunks(sheet):
                _show_errors(first, cells, marked)
                written += _line([number, first, cells])
                if written > MOST_WRITTEN:
                    raise Unreadable("file.too_large_unpacked", most=MOST_WRITTEN // 1024**2)
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable("file.broken") from error


def _show_errors(first: int, rows: list[list[str]], marks: Marks) -> None:
    """Put a word for it in each cell that shows an error: the library leaves such a cell blank."""
    for row, cells in enumerate(rows, first) if marks.errors else ():
        for column in marks.errors.get(row, ()):
            if column < len(cells):
                cells[column] = ERROR


def _line(answer: Any) -> int:
    return sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")


def _chunks(sheet: CalamineSheet) -> Iterator[tuple[int, list[list[str]]]]:
    """Return the rows from the first one of the sheet; columns that are empty on the left stay, as letters count."""
    before, first, rows = [""] * (sheet.start[1] if sheet.start else 0), 1, sheet.iter_rows()
    while chunk := list(islice(rows, CHUNK)):
        yield first, [before + [cell if type(cell) is str else _typed(cell) for cell in cells] for cells in chunk]
        first += len(chunk)


def _typed(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat("T", "minutes")
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value).replace(".", ",")
    if isinstance(value, timedelta):
        minutes = value // timedelta(minutes=1)
        return f"{minutes // 60}:{minutes % 60:02}"
    return value.isoformat("minutes") if isinstance(value, time) else str(value)


if __name__ == "__main__":
    main(sys.argv[1])
