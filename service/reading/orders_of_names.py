"""Whether the surname comes first in a column of names: a person is asked, once for the column."""

from collections.abc import Sequence

from service.reading.columns import Columns
from service.reading.outcome import Ask, Choices
from service.reading.values.name import PARTS
from service.reading.values.surname_first import AS_WRITTEN, SURNAME_FIRST, examples_of


def orders_of_names(
    columns: Columns, sample: Sequence[Sequence[str]], choices: Choices
) -> tuple[dict[int, str], list[Ask]]:
    """Return how the names of each column of whole names are read, and what a person is asked: a column in which the
    surname comes first is read so until somebody says otherwise. `sample`: rows below the headings."""
    orders = {place: order for place, order in choices.orders.items() if order in (SURNAME_FIRST, AS_WRITTEN)}
    asks = list[Ask]()
    for place in places_of_names(columns):
        examples = () if place in orders else examples_of(_names(columns, sample, place))
        if examples:
            orders[place] = SURNAME_FIRST
            asks.append(Ask(
                "file.surname_first", (columns.heading(place),), choices=(SURNAME_FIRST, AS_WRITTEN),
                proposed=SURNAME_FIRST, examples=examples,
            ))  # fmt: skip
    return orders, asks


def places_of_names(columns: Columns) -> tuple[int, ...]:
    """Return the columns that hold whole names: those of names, else those of addresses with names before these."""
    names = columns.places.get("name", ())
    return names or (() if any(part in columns.places for part in PARTS) else columns.places.get("email", ()))


def _names(columns: Columns, sample: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return the names of a column in rows that say no part of a name in a column of its own."""
    parts = [other for part in PARTS for other in columns.places.get(part, ())]
    return [
        cells[place] for cells in sample
        if place < len(cells) and not any(cells[other].strip() for other in parts if other < len(cells))
    ]  # fmt: skip
