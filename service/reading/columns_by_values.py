"""Which column holds mail addresses although its heading does not say so: its values do. A person is told of it."""

from collections.abc import Collection, Mapping, Sequence

from service.reading.fields import Fields
from service.reading.outcome import Ask
from service.reading.values.address import Address, address_in
from service.reading.values.no_value import NO_VALUE

FIELDS = {"recipients": "email", "clients": "contact_email"}
"""The field of mail addresses of each purpose that has one."""
ALMOST_ALL = 0.8
"""The part of the values of a column that are addresses where it is proposed for them."""


def column_of_addresses(
    values: Sequence[Sequence[str]], used: Mapping[int, str], fields: Fields, left_out: Collection[int]
) -> dict[int, str]:
    """Return the column that no heading names and that is full of addresses, with its field; none where another column
    has addresses already. Of several the one with most different addresses. `values`: the cells of each column."""
    name = FIELDS.get(fields.purpose)
    if name is None or any(any(values[place]) for place, field in used.items() if field == name):
        return {}
    counts = {
        place: count for place, cells in enumerate(values)
        if place not in left_out and place not in used and (count := _addresses(cells))
    }  # fmt: skip
    best = max(counts, key=lambda place: (counts[place], -place), default=None)
    return {} if best is None else {best: name}


def _addresses(cells: Sequence[str]) -> int:
    """Return how many different addresses a column has; 0 where some values are none, or all rows have the same one, as
    that of who made the list."""
    filled = [cell for cell in cells if cell and cell.casefold() not in NO_VALUE]
    read = [address_in(cell) for cell in filled if "@" in cell]
    addresses = [address.text.casefold() for address in read if isinstance(address, Address)]
    if not filled or len(addresses) < ALMOST_ALL * len(filled):
        return 0
    different = len(set(addresses))
    return 0 if different == 1 and len(addresses) > 1 else different


def about_values(headings: Sequence[str], field: str) -> list[Ask]:
    """Return what a person is told of columns whose field was found by their values; nothing when there are none."""
    return [Ask("file.column_by_values", tuple(headings), choices=(field,), proposed=field)] if headings else []
