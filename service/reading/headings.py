"""Where the headings of a table are, which titles stand above them, and which rows say them once more."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from service.reading.fields import Fields, bare
from tenants.lines import one_line

LOOKED_AT = 30
"""How many rows that are not blank are looked at for headings."""
MOST_TITLES = 5
"""How many rows with an address may stand above the headings: a title says whom to ask about the list."""
LONGEST = 80
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")


@dataclass(frozen=True)
class Headings:
    """The row of the headings, 0 when the table has none; the cells of that row, and the rows of titles above it."""

    row: int
    cells: tuple[str, ...]
    titles: tuple[int, ...] = ()


def headings_of(rows: Sequence[tuple[int, list[str]]], fields: Fields, chosen: int | None) -> Headings:
    """Return the headings of a table. They stand above the first address, or below a title with an address where a
    row is surely one of headings. `rows`: its first rows. `chosen`: the row that a person chose, 0 for none."""
    filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if chosen == 0:
        return Headings(0, ())
    if chosen is not None:
        cells = next((cells for number, cells in rows if number == chosen), [])
        return _headings(chosen, cells, filled)
    best = max(_possible(filled[:LOOKED_AT], fields), key=lambda row: (_known(row[1], fields), -row[0]), default=None)
    if best is None or not _known(best[1], fields):
        return Headings(0, ())
    return _headings(*best, filled)


def _possible(rows: Sequence[tuple[int, list[str]]], fields: Fields) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that may be headings: those above the first address, and below a few more those that surely are.
    """
    titles = 0
    for number, cells in rows:
        if any(map(_ADDRESS.search, cells)):
            titles += 1
        elif not titles or (titles <= MOST_TITLES and _are_surely(cells, fields)):
            yield number, cells


def _are_surely(cells: Sequence[str], fields: Fields) -> bool:
    """Return whether we know two headings of a row by heart, or all of them and one says mail."""
    filled = [cell for cell in cells if cell.strip()]
    ranked = [min(fields.ranked(cell), key=itemgetter(0), default=(9, None)) for cell in filled if len(cell) <= LONGEST]
    names = {field.name for rank, field in ranked if field and rank < 2}
    return len(names) > 1 or (len(names) == len(filled) == 1 and names <= {"email", "contact_email"})


def _headings(row: int, cells: list[str], filled: Sequence[tuple[int, list[str]]]) -> Headings:
    return Headings(row, heading_cells(cells), tuple(n for n, _ in filled if n < row))


def heading_cells(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the cells of a row as headings: each on one line, without what nobody sees, not longer than a heading."""
    return tuple(one_line(cell[: 2 * LONGEST])[:LONGEST] for cell in cells)


def _known(cells: Sequence[str], fields: Fields) -> int:
    """Return how many fields we know by the headings of a row."""
    names = {field.name for cell in cells if len(cell) <= LONGEST and (field := fields.of_heading(cell))}
    return len(names) if any(names.intersection(group) for group in fields.needed) else 0


def is_repeated(cells: Sequence[str], headings: Headings) -> bool:
    """Return whether a row says the headings once more, as each page of a printed list does."""
    pairs = [(cell, heading) for cell, heading in zip(cells, headings.cells, strict=False) if cell.strip() or heading]
    return bool(headings.row and pairs) and all(bare(cell) == bare(heading) for cell, heading in pairs)
