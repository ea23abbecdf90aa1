"""Which column is which: proposed from headings and values, or chosen by a person. Other columns are never kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.reading.citizen_numbers import (
    about_citizen_numbers,
    client_number_all_the_same,
    columns_of_citizen_numbers,
    without,
)
from service.reading.column_values import can_hold
from service.reading.columns_by_values import about_values, column_of_addresses
from service.reading.fields import Fields
from service.reading.headings import Headings
from service.reading.outcome import Ask, Choices
from service.reading.own_files import fields_of
from service.reading.tables import Table, letter_of
from service.reading.values.name import PARTS

BOTH = "both"
PARTS_BY_NUMBER = {2: ("first_name", "last_name"), 3: ("first_name", "infix", "last_name")}


@dataclass(frozen=True)
class Columns:
    """The fields of the columns that are used, by their place from 0, and the headings of all columns."""

    used: Mapping[int, str]
    headings: tuple[str, ...]
    width: int
    filled: frozenset[int] = frozenset()

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """The places of the columns of each field."""
        names = dict.fromkeys(self.used.values())
        return {name: tuple(place for place, field in self.used.items() if field == name) for name in names}

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(self.headings)

    def heading(self, place: int) -> str:
        """Return the heading of a column: with its letter when another one has the same, or the letter alone."""
        text = self.headings[place] if place < len(self.headings) else ""
        if not text:
            return letter_of(place)
        return f"{text} ({letter_of(place)})" if self._times[text] > 1 else text

    @property
    def mapping(self) -> dict[str, str]:
        """The field of each used column by its heading."""
        return {self.heading(place): field for place, field in self.used.items()}

    @property
    def unused(self) -> list[str]:
        """The headings of the columns that are left alone."""
        return [self.heading(place) for place in range(self.width) if place not in self.used and self.is_filled(place)]

    def is_filled(self, place: int) -> bool:
        """Return whether a column has a heading, or cells below none."""
        return place in self.filled or (place < len(self.headings) and bool(self.headings[place]))


def columns_of(
    table: Table, headings: Headings, sample: Sequence[Sequence[str]], fields: Fields, choices: Choices
) -> tuple[Columns, list[Ask]]:
    """Return the columns that are used, and what a person is asked about them. `sample`: rows below the headings."""
    width = _width(headings, sample)
    values = [[cells[place].strip() for cells in sample if place < len(cells)] for place in range(width)]
    numbers = columns_of_citizen_numbers(headings.cells, values)
    by_values: dict[int, str] = {}
    if choices.mapping is None or choices.is_remembered:
        proposed = without(_proposed(table, headings, values, fields, choices, numbers), numbers)
        needed = client_number_all_the_same(headings.cells, numbers, proposed, fields)
        if choices.mapping is None and headings.row:
            by_values = column_of_addresses(values, proposed, fields, {*numbers, *table.hidden_columns})
        used = proposed if choices.is_remembered else proposed | needed | by_values
    else:
        used = dict(choices.mapping)
    parts = _parts_of_name(table, headings, used, width) if choices.mapping is None else {}
    parts = without(parts, numbers)
    filled = frozenset(place for place in range(width) if any(values[place]))
    columns = Columns(dict(sorted({**used, **parts}.items())), headings.cells, width, filled)
    asks = about_citizen_numbers({place: columns.heading(place) for place in numbers}, columns.used)
    asks += _asks(columns, table, fields, choices)
    asks += about_values([columns.heading(place) for place in by_values], next(iter(by_values.values()), ""))
    return columns, asks + ([Ask("file.merged_heading", tuple(map(columns.heading, parts)))] if parts else [])


def _proposed(
    table: Table, headings: Headings, values: Sequence[Sequence[str]], fields: Fields, choices: Choices,
    numbers: Sequence[int],
) -> Mapping[int, str]:  # fmt: skip
    """Return the field of each column as it was chosen before, as the kind of file says, or by headings and values."""
    if choices.mapping is not None:
        return choices.mapping
    if table.fields:
        return {place: name for place, name in table.fields.items() if place < len(values)}
    ours = fields_of(headings.cells, fields.purpose)
    if ours is not None:
        return ours
    left_out = {*numbers, *table.hidden_columns}
    named = _by_heading(headings, values, fields, left_out)
    return named if headings.row else _by_value(values, named, fields, left_out)


def _parts_of_name(table: Table, headings: Headings, used: Mapping[int, str], width: int) -> dict[int, str]:
    """Return the parts of a name whose heading is merged over two or three columns, in the order of these."""
    for top, left, bottom, right in table.merged:
        is_heading = top <= headings.row <= bottom and used.get(left) == "name" and right < width
        if is_heading and right - left in (1, 2) and not any(used.get(place) in PARTS for place in used):
            return dict(zip(range(left, right + 1), PARTS_BY_NUMBER[right - left + 1], strict=True))
    return {}


def _width(headings: Headings, sample: Sequence[Sequence[str]]) -> int:
    """Return how many columns a table has: those with a heading, and those beyond that most rows fill."""
    widest = max((len(cells) for cells in (headings.cells, *sample)), default=0)
    if not headings.row:
        return widest
    named = max((place + 1 for place, heading in enumerate(headings.cells) if heading), default=0)
    filled = Counter(place for cells in sample for place, cell in enumerate(cells) if place >= named and cell.strip())
    return max((place + 1 for place, times in filled.items() if times > len(sample) / 2), default=named)


def _by_heading(
    headings: Headings, values: Sequence[Sequence[str]], fields: Fields, left_out: set[int]
) -> dict[int, str]:
    """Return the field of each column: those with values go first, then the surest headings, then the first ones."""
    possible = [
        (not any(values[place]), rank, place, field)
        for place, heading in enumerate(headings.cells) if place not in left_out and place < len(values)
        for rank, field in fields.ranked(heading) if can_hold(field.name, rank, heading, values[place])
    ]  # fmt: skip
    used: dict[int, str] = {}
    for _, _, place, field in sorted(possible, key=lambda candidate: candidate[:3]):
        if place not in used and (field.many or field.name not in used.values()):
            used[place] = field.name
    return used


def _by_value(
    values: Sequence[Sequence[str]], named: dict[int, str], fields: Fields, left_out: set[int]
) -> dict[int, str]:
    """Return the columns of a table without headings: addresses by their sign, names by their letters, clients by
    being first."""
    places = [place for place in range(len(values)) if place not in left_out and any(values[place])]
    if fields.purpose == "recipients":
        mail = [place for place in places if _part(values[place], "@") > 0.3]
        names = [place for place in places if place not in mail and _is_of_letters(values[place])]
        return dict.fromkeys(mail, "email") | (dict.fromkeys(names[:1], "name") if mail or len(places) == 1 else {})
    if fields.purpose == "hits" and places:
        return {places[0]: "client_number"} | dict.fromkeys(places[1:2], "people")
    return named


def _part(values: Sequence[str], sign: str) -> float:
    filled = [value for value in values if value]
    return sum(sign in value for value in filled) / len(filled) if filled else 0


def _is_of_letters(values: Sequence[str]) -> bool:
    filled = [value for value in values if value]
    return bool(filled) and sum(sum(sign.isalpha() for sign in v) > len(v) / 2 for v in filled) > len(filled) / 2


def _asks(columns: Columns, table: Table, fields: Fields, choices: Choices) -> list[Ask]:
    asks: list[Ask] = []
    left_out = (place for place in sorted(table.hidden_columns) if place < columns.width and place not in columns.used)
    hidden = [columns.heading(place) for place in left_out]
    if hidden:
        asks.append(Ask("file.hidden_columns", tuple(hidden)))
    if choices.mapping is None:
        doubled = [places for name, places in columns.places.items() if name == "email" and len(places) > 1]
        for places in doubled:
            names = tuple(columns.heading(place) for place in places)
            asks.append(Ask("file.two_columns", names, choices=(*names, BOTH), proposed=BOTH))
    lacks = [group for group in fields.needed if not any(name in columns.places for name in group)]
    for group in lacks:
        headings = tuple(columns.heading(place) for place in range(columns.width))
        asks.append(Ask("file.column_missing", headings, choices=group))
    return asks
