"""The tables of a file: the rows of a text, or those of each sheet, by the numbers that the person's program shows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from service.reading.outcome import Unreadable

CHUNK = 200
"""How many rows are read at once: so few that Python does not begin to look for garbage among them."""
MOST_SHEETS = 500
"""How many sheets of a workbook are looked at."""
Chunk = tuple[int, list[list[str]]]
"""Rows that follow each other, with the number of the first one."""
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """The rows of a file or of one sheet, blank rows included. `fields`: of each column by its place, where the kind of
    file says so, and no row has headings. `merged`: see merged_cells.Range. `refused`: why a sheet has no rows here.
    `as_they_stand`: the same rows, in which a line with a quotation mark that never ends is no blank row.
    `is_defused`: it is a text, where Meldketen writes an apostrophe before what a spreadsheet would run as a formula.
    `mended_by_cell`: letters of another encoding are looked for in each cell, since nobody is asked about all of them.

    `chunks` begins anew each time it is called, so that a file of 100,000 rows is never held whole. `hidden_rows` holds
    row numbers from 1, `hidden_columns` columns from 0.
    """

    name: str
    chunks: Callable[[], Iterator[Chunk]]
    is_hidden: bool = False
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    fields: Mapping[int, str] | None = None
    merged: tuple[tuple[int, int, int, int], ...] = ()
    refused: Unreadable | None = None
    as_they_stand: Callable[[], Iterator[Chunk]] | None = None
    mended_by_cell: bool = False
    is_defused: bool = False

    def rows(self) -> Iterator[Row]:
        """Return each row with its number."""
        return numbered(self.chunks())


def numbered(chunks: Iterator[Chunk]) -> Iterator[Row]:
    """Return each of these rows with its number."""
    return ((number, cells) for first, rows in chunks for number, cells in enumerate(rows, first))


def letter_of(column: int) -> str:
    """Return the name that a spreadsheet gives a column, counted from 0: A, B, AA."""
    letters, rest = "", column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
