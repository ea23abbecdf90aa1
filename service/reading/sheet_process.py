"""A process of its own that reads one workbook: what a broken file does to memory and time ends with it.

It gets the file on standard input and writes lines of JSON: first each sheet, then which sheet it reads, the rows of
that sheet, and the next one. It has limits of its own on memory and processor time, and follows no macro, formula or
link. A formula gives the value that the spreadsheet kept with it. A sheet that cannot be read refuses no other sheet.

Cells become the words that a person would type: 12 for 12.0, 2026-11-25 for a day, 2026-11-25T09:15 for a moment, or
2026-11-25T09:15:07 where it has seconds.
"""

import io
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from service.reading.kinds import ODS
from service.reading.line_breaks import with_line_breaks
from service.reading.merged_cells import Merged
from service.reading.outcome import Unreadable
from service.reading.packed import measured, opened
from service.reading.sheet_marks import MOST_COLUMNS, Marks, marks_of
from service.reading.tables import CHUNK, MOST_SHEETS

MOST_MEMORY, MOST_SECONDS = 5 * 1024**3 // 4, 60
"""Bytes of address space, and seconds of processor time, that reading one workbook may take."""
MOST_CELLS, MOST_WRITTEN, LONGEST_CELL = 12_000_000, 96 * 1024**2, 32_768
"""Cells of a sheet, bytes of all rows together, and letters of a cell: one more than a spreadsheet takes,
so that a longer one is a fault."""
Value = str | float | bool | date | time | datetime | timedelta


def main(kind: str, chosen: str, *skipped: str) -> None:
    """Read the workbook on standard input, and write its sheets and rows: those of the sheet with the name `chosen`, or
    of all sheets when it is ""; of none of the sheets with a number in `skipped`."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        _write(content, kind, chosen, skipped)
    except Unreadable as refusal:
        _line({"refused": refusal.key, "values": refusal.values})


def _write(content: bytes, kind: str, chosen: str, skipped: Sequence[str]) -> None:
    measured(opened(io.BytesIO(content)))
    content = with_line_breaks(content) if kind == ODS else content
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet][:MOST_SHEETS]
        read = [meta.name for n, meta in enumerate(sheets) if chosen in ("", meta.name) and str(n) not in skipped]
        marks = marks_of(content, read, kind)
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable("file.broken") from error
    written = 0
    for number, meta in enumerate(sheets):
        head, is_hidden = _head(marks.get(meta.name, Marks())), meta.visible != SheetVisibleEnum.Visible
        written += _line({"sheet": number, "name": meta.name, "is_hidden": is_hidden, **head})
    for number, meta in enumerate(sheets):
        if meta.name in read and str(number) not in skipped:
            written = _sheet(book, number, meta.name, marks[meta.name], written)


def _head(marks: Marks) -> dict[str, Any]:
    return {"rows": _ranges(sorted(marks.rows)), "columns": sorted(marks.columns), "merged": sorted(marks.merged)}


def _ranges(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return rows as ranges of those that follow each other, the last one included."""
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return ranges


def _sheet(book: CalamineWorkbook, number: int, name: str, marks: Marks, written: int) -> int:
    """Write the rows of a sheet, or why it cannot be read; return how many bytes were written so far."""
    _line({"reading": number})
    sys.stdout.buffer.flush()
    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None and (sheet.width > MOST_COLUMNS or sheet.height * sheet.width > MOST_CELLS):
            raise Unreadable("file.too_many_cells")
        merged = Merged(marks.merged)
        for first, cells in _chunks(sheet) if sheet.start is not None else ():
            _show_signs(first, cells, marks)
            marks.shown.fill(first, cells)
            merged.fill(first, cells)
            written += _line([number, first, cells])
            if written > MOST_WRITTEN:
                raise Unreadable("file.too_large_unpacked", most=MOST_WRITTEN // 1024**2)
    except Unreadable as refusal:
        _line({"refused": refusal.key, "values": refusal.values, "of": number})
    except MemoryError:
        _line({"refused": "file.too_heavy", "values": {}, "of": number})
    except (CalamineError, ValueError, OSError):
        _line({"refused": "file.broken", "values": {}, "of": number})
    return written


def _show_signs(first: int, rows: list[list[str]], marks: Marks) -> None:
    """Put its sign in each cell that has one: the library leaves a cell with an error, or without a value, blank."""
    for row, cells in enumerate(rows, first) if marks.signs else ():
        for column, sign in marks.signs.get(row, {}).items():
            if column < len(cells):
                cells[column] = sign


def _line(answer: Any) -> int:
    return sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")


def _chunks(sheet: CalamineSheet) -> Iterator[tuple[int, list[list[str]]]]:
    """Return the rows from the first one of the sheet; columns that are empty on the left stay, as letters count."""
    before, first, rows = [""] * (sheet.start[1] if sheet.start else 0), 1, sheet.iter_rows()
    while chunk := list(islice(rows, CHUNK)):
        yield first, [
            before + [cell[:LONGEST_CELL] if type(cell) is str else _typed(cell) for cell in cells] for cells in chunk
        ]
        first += len(chunk)


def _typed(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _without_noise(value).isoformat("T", "seconds" if _without_noise(value).second else "minutes")
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value).replace(".", ",")
    if isinstance(value, timedelta):
        minutes = value // timedelta(minutes=1)
        return f"{minutes // 60}:{minutes % 60:02}"
    return value.isoformat("seconds" if value.second else "minutes") if isinstance(value, time) else str(value)


def _without_noise(at: datetime) -> datetime:
    """Return a moment in whole seconds: a spreadsheet keeps it as a part of a day, some microseconds beside it."""
    half = timedelta(milliseconds=500) if at.year < MAXYEAR else timedelta(0)
    return (at + half).replace(microsecond=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
