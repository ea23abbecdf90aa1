"""What reading a file gives: items, faults at their rows, and what a person is asked before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MOST_ROWS_NAMED = 1_000
"""How many rows a question names; it says how many there are."""
NOT_CALCULATED = "#FORMULA"
"""What stands in a cell of which the workbook keeps a formula and no value."""


class Unreadable(Exception):
    """A file that cannot be read at all. `key` names the message, `values` what it mentions."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Wrong:
    """Why a cell does not fit. `key` names the message, `proposal` is what was probably meant, "" when nobody knows."""

    key: str
    proposal: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """What does not fit: the row as the person's own program counts it, the heading of the column, and the cell."""

    row: int
    column: str
    key: str
    value: str
    proposal: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """What a person confirms or chooses. `key` names the question, `columns` and `rows` say where it comes up (the
    first rows, of `count`), `choices` are the possible answers, `proposed` is the answer that this reading took, and
    `examples` show it. `cells`: the cells that the examples of days are made of, to write these in another language."""

    key: str
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    choices: tuple[str, ...] = ()
    proposed: str = ""
    examples: tuple[str, ...] = ()
    count: int = 0
    cells: tuple[str, ...] = ()


def about_rows(key: str, rows: Sequence[int]) -> list[Ask]:
    """Return the question about these rows; none when there are no rows."""
    return [Ask(key, rows=tuple(rows[:MOST_ROWS_NAMED]), count=len(rows))] if rows else []


@dataclass(frozen=True)
class Choices:
    """What a person chose; None where the reading proposes. Columns are counted from 0.

    `headings_row`: 0 when the file has no headings. `mapping`: the field of each column that is used.
    `is_remembered`: the mapping was chosen for an earlier file with the same headings, not for this one.
    `orders`: "day-month" or "month-day" for a column of days, "surname-first" or "as-written" for one of names.
    `accepted`: by row and heading, the proposal that is read in place of what stands there. `hidden_rows`, `side_rows`:
    whether hidden rows, and rows that look like sums or remarks, are read too.
    """

    encoding: str | None = None
    sheet: str | None = None
    headings_row: int | None = None
    mapping: Mapping[int, str] | None = None
    hidden_rows: bool = False
    orders: Mapping[int, str] = field(default_factory=dict)
    accepted: Mapping[tuple[int, str], str] = field(default_factory=dict)
    side_rows: bool = False
    is_remembered: bool = False


class Item(NamedTuple):
    """What one row says: its row, and the values by name, with the same names for each row of a purpose."""

    row: int
    values: Mapping[str, Any]
