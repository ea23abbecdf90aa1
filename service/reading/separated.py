"""Rows of a text: which sign stands between its cells, and where a quotation mark was opened and never closed."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from service.reading.outcome import Fault, Unreadable
from service.reading.tables import CHUNK, Chunk

SEPARATORS = ";\t,|"
"""In the order in which they are taken where two do equally well."""
LOOKED_AT = 60
"""How many rows are looked at to find the separator."""
LONGEST_PASTED, MOST_PASTED_LINES = 200_000, 5
"""The most characters, and lines, of a text that was copied from the recipients of a mail."""
MOST_OPEN_QUOTES = 20
"""After so many quotation marks that never end, those of the rest of the text are signs like all others."""
_BREAK = re.compile(r"\r\n|[\r\n]")
_SEP = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


def separator_of(text: str) -> str:
    """Return the sign between the cells of a text: the one that gives most rows the same number of cells."""
    if match := _SEP.match(text):
        return match[1]
    head = text[:200_000]
    return max(SEPARATORS, key=lambda sign: _fitness(head, sign))


def _fitness(head: str, sign: str) -> float:
    """Return the part of the rows that have the most frequent number of cells, when that is two or more."""
    try:
        counts = [len(cells) for cells in islice(csv.reader(io.StringIO(head, newline=""), delimiter=sign), LOOKED_AT)]
    except csv.Error:
        return 0
    filled = Counter(count for count in counts if count)
    if not filled:
        return 0
    cells, times = max(filled.items(), key=lambda pair: (pair[1], pair[0]))
    return round(times / filled.total(), 1) if cells > 1 else 0


def rows_of_text(text: str, separator: str, note: Callable[[Fault], None]) -> Iterator[Chunk]:
    """Return the rows, blank ones included. A quotation mark that is never closed is noted as a fault at the row where
    it opens, and the rows behind it are read as they stand.

    Raises Unreadable for a cell of more than 131,072 characters.
    """
    match = _SEP.match(text)
    return _chunks(_Place(text[match.end() :] if match else text, separator), note)


@dataclass(frozen=True)
class _Place:
    """A place in a text: the number of lines and rows before it, and of quotation marks there that never end."""

    text: str
    separator: str
    lines: int = 0
    rows: int = 0
    open_quotes: int = 0

    def moved(self, lines: int, rows: int) -> "_Place":
        """Return the place so many lines and rows further."""
        return replace(self, lines=self.lines + lines, rows=self.rows + rows)

    def reader(self) -> Any:
        """Return a reader of the rows from here."""
        lines = islice(io.StringIO(self.text, newline=""), self.lines, None)
        if self.open_quotes < MOST_OPEN_QUOTES:
            return csv.reader(lines, delimiter=self.separator)
        return csv.reader(lines, delimiter=self.separator, quoting=csv.QUOTE_NONE)


def _chunks(place: _Place, note: Callable[[Fault], None]) -> Iterator[Chunk]:
    reader, lines = place.reader(), 0
    try:
        while chunk := list(islice(reader, CHUNK)):
            if reader.line_num - lines > len(chunk):
                at = _first_swallowing(chunk, place.separator)
                if at is not None:
                    yield from _reopened(place, chunk[:at], note)
                    return
            yield place.rows + 1, chunk
            place, lines = place.moved(reader.line_num - lines, len(chunk)), reader.line_num
    except csv.Error as error:
        raise Unreadable("file.cell_too_long_to_read", row=place.rows + 1) from error


def _first_swallowing(rows: list[list[str]], separator: str) -> int | None:
    """Return the place of the first row with a cell that holds whole rows: lines with separators in them."""
    for at, cells in enumerate(rows):
        inner = [line for cell in cells if _BREAK.search(cell) for line in _BREAK.split(cell)[1:]]
        if inner and sum(separator in line for line in inner) >= len(inner) / 2:
            return at
    return None


def _reopened(place: _Place, before: list[list[str]], note: Callable[[Fault], None]) -> Iterator[Chunk]:
    """Return the rows before one with a quotation mark that never ends, a blank one in its place, and the rest."""
    lines = sum(1 + sum(len(_BREAK.findall(cell)) for cell in cells) for cells in before)
    here = place.moved(lines, len(before))
    line = next(islice(io.StringIO(place.text, newline=""), here.lines, None))
    cells = next(csv.reader([line], delimiter=place.separator, quoting=csv.QUOTE_NONE))
    opened = next((cell for cell in cells if cell.count('"') % 2), cells[0])
    note(Fault(here.rows + 1, "", "file.quote_open", opened[:40], opened.replace('"', "")[:40]))
    yield place.rows + 1, [*before, []]
    yield from _chunks(replace(here.moved(1, 1), open_quotes=place.open_quotes + 1), note)


def people_on_one_line(text: str) -> list[str] | None:
    """Return each person of a text that was copied from the recipients of a mail: one line, or several, with addresses
    between semicolons or commas; None when the text is no such list."""
    lines = [line for line in text[:LONGEST_PASTED].splitlines() if line.strip()]
    is_short = bool(lines) and len(text) <= LONGEST_PASTED and len(lines) <= MOST_PASTED_LINES
    if not is_short or any(line.count("@") < 2 for line in lines):
        return None
    return [part for line in lines for part in _parted(line)]


def _parted(line: str) -> list[str]:
    """Return the parts between semicolons, or between commas where there are none; a comma in quotes stays."""
    sign = ";" if ";" in line else ","
    parts = re.findall(rf'(?:"[^"]*"|[^"{sign}])+', line)
    return [part.strip() for part in parts if part.strip()]
