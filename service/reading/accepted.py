"""Proposals that a person accepted: they are read in place of what stands in their cells."""

from collections.abc import Iterator, Mapping, Sequence

from service.reading.columns import Columns
from service.reading.outcome import Choices
from service.reading.tables import Chunk


def with_accepted(chunks: Iterator[Chunk], columns: Columns, choices: Choices) -> Iterator[Chunk]:
    """Return the same rows with each proposal that was accepted in place of what stands in its cell."""
    places = {columns.heading(place): place for place in columns.used}
    by_row = dict[int, dict[int, str]]()
    for (row, heading), proposal in choices.accepted.items():
        if heading in places:
            by_row.setdefault(row, {})[places[heading]] = proposal
    for first, rows in chunks:
        for row in by_row.keys() & range(first, first + len(rows)):
            rows[row - first] = _mended(rows[row - first], by_row[row])
        yield first, rows


def _mended(cells: Sequence[str], accepted: Mapping[int, str]) -> list[str]:
    """Return the cells of a row with other ones at these places."""
    wide = [*cells, *[""] * (max(accepted) + 1 - len(cells))]
    return [accepted.get(place, cell) for place, cell in enumerate(wide)]
