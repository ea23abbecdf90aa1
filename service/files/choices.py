"""What a person chose about a file, as it is kept between two requests."""

from typing import Any

from service.reading.outcome import Choices


def as_kept(choices: Choices) -> dict[str, Any]:
    """Return the choices as JSON keeps them."""
    return {
        "encoding": choices.encoding, "sheet": choices.sheet, "headings_row": choices.headings_row,
        "hidden_rows": choices.hidden_rows, "side_rows": choices.side_rows, **of_columns(choices),
        "accepted": [[row, heading, proposal] for (row, heading), proposal in choices.accepted.items()],
    }  # fmt: skip


def of_columns(choices: Choices) -> dict[str, Any]:
    """Return what is remembered for other files with the same headings: which column is which, and the order of its
    days. Columns are counted from 0."""
    mapping = None if choices.mapping is None else [[place, field] for place, field in choices.mapping.items()]
    return {"mapping": mapping, "orders": [[place, order] for place, order in choices.orders.items()]}


def from_kept(kept: dict[str, Any]) -> Choices:
    """Return the choices that `as_kept` or `of_columns` made JSON of."""
    mapping = kept.get("mapping")
    return Choices(
        kept.get("encoding"), kept.get("sheet"), kept.get("headings_row"), None if mapping is None else dict(mapping),
        bool(kept.get("hidden_rows")), dict(kept.get("orders") or ()),
        {(row, heading): proposal for row, heading, proposal in kept.get("accepted") or ()},
        bool(kept.get("side_rows")),
    )  # fmt: skip
