"""Rows of a text: which sign stands between its cells, and where a quotation mark was opened and never closed."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice

from service.reading.outcome import Fault, Unreadable
from service.reading.tables import CHUNK, Chunk
from service.reading.texts import HEAD, Lines, Text, text_of

SEPARATORS = ";\t,|"
"""In the order in which they are taken where two do equally well."""
EQUALLY_WELL = 0.02
"""Two signs do equally well when the parts of the rows that they fit differ by no more than this."""
LOOKED_AT, MOST_LOOKED_AT = 60, HEAD
"""How many rows, and how many characters, are looked at to find the separator and the usual number of cells."""
MOST_OPEN_QUOTES = 20
"""After so many quotation marks that never end, each line of the rest of the text is a row."""
MOST_COLUMNS, MOST_ROWS = 2_000, 250_000
_BREAK = re.compile(r"[\r\n]")
_ROW_IN_QUOTES = re.compile(r'"(?:[^"\r\n]|"")*"(?=[\r\n]|\Z)')
_SEP = re.compile(rf"sep=([{SEPARATORS}])(?:\r\n|[\r\n]|\Z)", re.IGNORECASE)


def separator_of(text: str, is_heading: Callable[[str], bool] = lambda _: False) -> str:
    """Return the sign between the cells of a text: the one that gives most rows the same number of cells.

    `is_heading` says whether a whole line is a known heading. When the first line is, it is the heading of the only
    column, unless it holds the sign itself: the names below it ("Vries, Jan de") may hold signs too.
    """
    head = text[:MOST_LOOKED_AT]
    if match := _SEP.match(head):
        return match[1]
    first = next((line.strip() for line in io.StringIO(head, newline="") if line.strip()), "")
    possible = [sign for sign in SEPARATORS if sign in first] if is_heading(first.strip('"')) else SEPARATORS
    fitness = {sign: _fitness(head, sign) for sign in possible}
    best = max(fitness.values(), default=0)
    return next((sign for sign in possible if fitness[sign] and fitness[sign] >= best - EQUALLY_WELL), SEPARATORS[0])


def _fitness(head: str, sign: str) -> float:
    """Return the part of the rows that have the most frequent number of cells, when that is two or more."""
    counts = _counts(head, sign)
    usual = _usual(counts)
    return counts[usual] / counts.total() if usual > 1 else 0


def _counts(head: str, sign: str) -> Counter[int]:
    """Return how many of the first rows have each number of cells; blank rows do not count, nor rows behind a cell
    that is too long to read."""
    counts = Counter[int]()
    rows = filter(None, csv.reader(io.StringIO(head, newline=""), delimiter=sign))
    with suppress(csv.Error):
        counts.update(len(cells) for cells in islice(rows, LOOKED_AT))
    return counts


def _usual(counts: Counter[int]) -> int:
    """Return the most frequent number of cells, and the largest of those that are equally frequent; 0 without rows."""
    return max(counts, key=lambda cells: (counts[cells], cells), default=0)


def without_outer_quotes(text: Text) -> Text:
    """Return a text without quotation marks around each whole row: a spreadsheet puts these there when it did not know
    the separator."""
    if not text.head.startswith('"') or not _ROW_IN_QUOTES.match(text.head):
        return text
    if not all(map(_is_row_in_quotes, _bare_lines(text))):
        return text
    return text_of(line[1:-1].replace('""', '"') + "\n" for line in _bare_lines(text))


def _bare_lines(text: Text) -> Iterator[str]:
    return (line.rstrip("\r\n") for line in text.lines())


def _is_row_in_quotes(line: str) -> bool:
    if not line:
        return True
    is_quoted = len(line) > 1 and line[0] == line[-1] == '"' and '"' not in line[1:-1].replace('""', "")
    return is_quoted and any(sign in line for sign in SEPARATORS)


def rows_of_text(
    text: Text, separator: str, note: Callable[[Fault], None], keeps_open: bool = False
) -> Callable[[], Iterator[Chunk]]:
    """Return what reads the rows from the begin, blank ones included, each time it is called. A quotation mark that is
    never closed is noted as a fault at the row where it opens. That row is returned as a blank one (`keeps_open`: as it
    stands, cut at each separator), and the rows behind it are read as they stand.

    Reading raises Unreadable for more than MOST_ROWS rows, and for a row of more than MOST_COLUMNS cells.
    """
    named = _SEP.match(text.head)
    usual = _usual(_counts(text.head[named.end() if named else 0 :], separator))
    return lambda: _Rest(Lines(islice(text.lines(), bool(named), None)), separator, usual, note, keeps_open).chunks()


@dataclass
class _Rest:
    """The rest of a text, with the number of rows before it, and of quotation marks there that never end.

    `usual`: the number of cells that most rows have.
    """

    lines: Lines
    separator: str
    usual: int
    note: Callable[[Fault], None]
    keeps_open: bool = False
    rows: int = 0
    open_quotes: int = 0

    def chunks(self) -> Iterator[Chunk]:
        """Return the rows: many at once, and one by one among the lines where something is wrong."""
        while not self.lines.is_at_end and self.open_quotes < MOST_OPEN_QUOTES:
            self.lines.mark()
            rows = self._at_once()
            if rows is None:
                end = self.lines.at
                self.lines.put_back()
                yield from self._one_by_one(end)
            else:
                yield self._numbered(rows)
        yield from self._one_by_one(None)

    def _at_once(self) -> list[list[str]] | None:
        """Return the next rows; None when there is something wrong with any of them."""
        first = self.lines.some(CHUNK)
        reader = csv.reader(self._narrow(chain(first, self.lines)), delimiter=self.separator, strict=True)
        try:
            rows = list(islice(reader, CHUNK))
        except csv.Error:
            return None
        if reader.line_num > len(rows):
            broken = (cells for cells in rows if any(map(_BREAK.search, cells)))
            return rows if all(self._is_whole(cells) for cells in broken) else None
        return rows

    def _narrow(self, lines: Iterable[str]) -> Iterator[str]:
        """Return these lines. Raises csv.Error for one that may be a row of too many cells: many such rows together
        would take much memory."""
        for line in lines:
            if len(line) > MOST_COLUMNS and line.count(self.separator) >= MOST_COLUMNS:
                raise csv.Error
            yield line

    def _is_whole(self, cells: list[str]) -> bool:
        """Return whether a row of several lines is one row: it has the usual number of cells, and its lines are no rows
        themselves, as those between two quotation marks that stand alone are."""
        return len(cells) == self.usual and not any(
            self._holds_rows(cell, before, self.usual - before - 1) for before, cell in enumerate(cells)
        )

    def _holds_rows(self, cell: str, before: int, after: int) -> bool:
        """Return whether the lines of a cell are the rest of a row, rows, and the begin of a row; `before` and `after`
        say how many cells stand beside it. A separator with a blank behind it is one of a sentence."""
        first, *lines = _BREAK.sub("\n", cell.replace("\r\n", "\n")).split("\n")
        if not lines or before + after == 0 or f"{self.separator} " in cell:
            return False
        fits = first.count(self.separator) == after and lines[-1].count(self.separator) == before
        return fits and all(line.count(self.separator) == before + after for line in lines[:-1])

    def _one_by_one(self, end: int | None) -> Iterator[Chunk]:
        """Return the rows that begin before this line, each of them looked at; all that are left when it is None."""
        while not self._is_at(end):
            rows: list[list[str]] = []
            while len(rows) < CHUNK and not self._is_at(end):
                row = self._row(self.rows + len(rows) + 1)
                if len(row) > MOST_COLUMNS:
                    raise Unreadable("file.too_many_columns", most=MOST_COLUMNS)
                rows.append(row)
            yield self._numbered(rows)

    def _is_at(self, end: int | None) -> bool:
        return self.lines.is_at_end or (end is not None and self.lines.at >= end)

    def _row(self, number: int) -> list[str]:
        """Return the next row. It has several lines only when its number of cells is the usual one; else its first line
        is a row by itself, since a quotation mark that never ends would take in the rows behind it."""
        self.lines.mark()
        lines = self.lines if self.open_quotes < MOST_OPEN_QUOTES else iter([next(self.lines)])
        reader = csv.reader(lines, delimiter=self.separator, strict=True)
        with suppress(csv.Error):
            cells = next(reader, [])
            if reader.line_num == 1 or self._is_whole(cells):
                return cells
        self.lines.put_back()
        return self._row_of_line(next(self.lines), number)

    def _row_of_line(self, line: str, number: int) -> list[str]:
        """Return the cells of a line; none, and a fault, when a quotation mark in it never ends. The fault holds no
        text of the line: it may belong to a column that nobody may see."""
        reader = csv.reader([line, ""], delimiter=self.separator)
        try:
            cells = next(reader, [])
        except csv.Error:
            cells = [_unquoted(cell) for cell in line.rstrip("\r\n").split(self.separator)]
        if line.count('"') % 2 == 0 and reader.line_num == 1:
            return cells
        self.open_quotes += 1
        self.note(Fault(number, "", "file.quote_open", ""))
        return line.rstrip("\r\n").split(self.separator) if self.keeps_open else []

    def _numbered(self, rows: list[list[str]]) -> Chunk:
        """Return rows with the number of the first."""
        if max(map(len, rows)) > MOST_COLUMNS:
            raise Unreadable("file.too_many_columns", most=MOST_COLUMNS)
        self.rows += len(rows)
        if self.rows > MOST_ROWS:
            raise Unreadable("file.too_many_rows", most=MOST_ROWS)
        return self.rows - len(rows) + 1, rows


def _unquoted(cell: str) -> str:
    """Return a cell without the quotation marks around it."""
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
