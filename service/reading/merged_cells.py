"""Merged cells: a spreadsheet keeps the value in the first of them only, and a person reads it in each row."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tenants.lines import one_line

Range = tuple[int, int, int, int]
"""The first row and column of a merged cell, and its last row and column; rows from 1, columns from 0."""

MOST_FILLED, MOST_SPREAD = 250_000, 50
"""How many rows and columns of one merged cell are looked at."""


class Merged:
    """Fills the cells below the first one of each merged cell that goes over several rows, in its first column."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._starts: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, _ in ranges:
            if bottom > top:
                self._starts.setdefault(top, []).append((left, bottom))
        self._open: dict[int, tuple[str, int]] = {}

    def fill(self, first: int, rows: Sequence[list[str]]) -> None:
        """Fill these rows, the first of which has this number. To be called with each chunk of a sheet in its turn."""
        for row, cells in enumerate(rows, first) if self._starts else ():
            for column, (value, bottom) in list(self._open.items()):
                if row > bottom:
                    del self._open[column]
                elif column < len(cells) and not cells[column]:
                    cells[column] = value
            for column, bottom in self._starts.get(row, ()):
                if column < len(cells) and cells[column]:
                    self._open[column] = cells[column], bottom


def filled_rows(ranges: Iterable[Range], column: int, above: int) -> list[int]:
    """Return the rows below the row `above` that were filled in a column."""
    rows = list[int]()
    for top, bottom in sorted((top, bottom) for top, left, bottom, _ in ranges if left == column):
        begin = max(top, above, rows[-1] if rows else 0) + 1
        rows += range(begin, min(bottom, begin + MOST_FILLED - len(rows)) + 1)
    return rows


def under_groups(
    ranges: Sequence[Range], row: int, cells: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> tuple[str, ...]:
    """Return the headings of a row as a person reads them: one that is merged over columns stands above each of these,
    and of two that are the same each has the group above it, as in "Klant Naam" and "Contact Naam"."""
    wide, times = _spread(ranges, row, cells), Counter(cells)
    above = next((cells for number, cells in rows if number == row - 1), [])
    groups = _spread(ranges, row - 1, above) if row > 1 and any(top == row - 1 for top, *_ in ranges) else ()
    group_of = dict(enumerate(map(one_line, groups)))
    return tuple(
        f"{group_of[place]} {cell}" if times[cell] > 1 and group_of.get(place) else cell
        for place, cell in enumerate(wide)
    )


def _spread(ranges: Iterable[Range], row: int, cells: Sequence[str]) -> tuple[str, ...]:
    """Return the cells of a row with each cell that is merged over several columns in each of these."""
    wide = list(cells)
    for top, left, bottom, right in ranges:
        if top <= row <= bottom and right > left and left < len(cells) and cells[left]:
            last = min(right, left + MOST_SPREAD)
            wide += [""] * (last + 1 - len(wide))
            wide[left : last + 1] = [cells[left]] * (last + 1 - left)
    return tuple(wide)
