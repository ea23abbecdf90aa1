"""What the columns of a file hold, with some values of each, so that a person sees which column is which."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from service.reading.reader import SAMPLED, Reading
from tenants.lines import one_line

EXAMPLES, LONGEST = 3, 60
NOT_SHOWN = {"file.citizen_numbers": "citizen_numbers", "file.citizen_numbers_used": "citizen_numbers_used"}
"""The questions about columns of which no value is shown, and what is said of these columns."""
WHY_LEFT_OUT = {"file.hidden_columns": "hidden", **NOT_SHOWN}


@dataclass(frozen=True)
class ColumnSeen:
    """A column by its place, counted from 0. `field`: what it is read as; None when it is not used. `left_out`: why it
    is not proposed, or why none of its values is shown; else ""."""

    place: int
    heading: str
    field: str | None
    examples: tuple[str, ...]
    left_out: str = ""


def columns_seen(reading: Reading) -> list[ColumnSeen]:
    """Return each column that has a heading or cells, with its first different values, each on one line and without
    signs that nobody sees. No value is shown of a column that probably holds citizen numbers."""
    columns, sample = reading.columns, list(_sample(reading))
    left_out = {name: why for key, why in WHY_LEFT_OUT.items() for name in _columns_of(reading, key)}
    seen = []
    for place in range(columns.width):
        heading = columns.heading(place)
        why = left_out.get(heading, "")
        examples = () if why in NOT_SHOWN.values() else _examples(sample, place)
        if columns.is_filled(place):
            seen.append(ColumnSeen(place, heading, columns.used.get(place), examples, why))
    return seen


def _columns_of(reading: Reading, key: str) -> Iterator[str]:
    return (name for ask in reading.asks if ask.key == key for name in ask.columns)


def _sample(reading: Reading) -> Iterator[list[str]]:
    """Return the first rows that are read: nobody in a row that is left out is shown."""
    return islice((cells for row, cells in reading.table.rows() if reading.is_read(row, cells)), SAMPLED)


def _examples(sample: list[list[str]], place: int) -> tuple[str, ...]:
    values = (one_line(cells[place][: 2 * LONGEST]) for cells in sample if place < len(cells))
    different = dict.fromkeys(value[:LONGEST] for value in values if value)
    return tuple(islice(different, EXAMPLES))
