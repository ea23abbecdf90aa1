"""What was typed, as the document that a schema reads."""

from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from service.schemas.facts import FactsSchema
from service.schemas.fields import Day
from service.schemas.moment import Moment
from service.typed.moments import day_of, moment_of
from service.words.whole_numbers import whole_of
from tenants.errors import Invalid
from workflows.law import vocabulary

MOST_ROWS = 5000
"""The most rows of a list that a form takes where its schema allows more. A longer list comes as a file."""
SPARE_ROWS = 20
"""How many rows beyond those of its list a form still shows, so that its sender chooses which of them go."""


def typed_document(schema: Schema, typed: MultiDict[str, str], prefix: str = "") -> dict[str, Any]:
    """Return what was typed, in the shape that the schema reads, without blank values."""
    document: dict[str, Any] = {}
    for name, field in schema.fields.items():
        value = _typed(field, typed, prefix + name)
        if value not in ("", [], {}, None):
            document[name] = value
        fold = typed.get(f"{prefix}{name}_fold")
        if fold and isinstance(field, Moment):
            document[f"{name}_fold"] = fold
    return document


def _typed(field: fields.Field[Any], typed: MultiDict[str, str], name: str) -> Any:
    if isinstance(field, fields.Nested):
        return typed_document(field.schema, typed, f"{name}.")
    if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
        rows = _rows_of(typed, name, rows_shown(field))
        return [row for each in rows if (row := typed_document(field.inner.schema, each))]
    if isinstance(field, fields.Dict):
        start = f"{name}."
        words = {key.removeprefix(start): value for key, value in typed.items() if key.startswith(start) and value}
        return words or typed.get(name, "")
    if isinstance(field, Moment):
        return moment_of(typed, name)
    if isinstance(field, Day):
        return day_of(typed.get(name, ""))
    if isinstance(field, fields.List):
        return [value for value in typed.getlist(name) if value]
    return typed.get(name, "")


def _rows_of(typed: MultiDict[str, str], name: str, most: int) -> list[MultiDict[str, str]]:
    """Return what was typed in each row of a list, by the names within the row, for the first rows of the list.

    The form is looked through once: doing so for each row takes the square of their number.
    """
    start, rows = f"{name}.", dict[int, MultiDict[str, str]]()
    for key, values in typed.lists():
        number, dot, within = key.removeprefix(start).partition(".") if key.startswith(start) else ("", "", "")
        place = whole_of(number, most - 1) if dot else None
        if place is not None and str(place) == number:
            rows.setdefault(place, MultiDict()).setlist(within, values)
    return [rows[place] for place in sorted(rows)]


def facts_document(typed: MultiDict[str, str]) -> dict[str, Any]:
    """Return the typed facts without the counts, as the schemas take them. Open questions are left out."""
    document = typed_document(FactsSchema(), typed, "facts.")
    return {name: value for name, value in document.items() if name not in vocabulary.COUNTS}


def rows_typed(typed: MultiDict[str, str], name: str) -> int:
    """Return how many rows this list has in the form: one more than the highest row number in it."""
    numbers = [key.removeprefix(f"{name}.").partition(".")[0] for key in typed if key.startswith(f"{name}.")]
    places = [place for number in numbers if (place := whole_of(number, MOST_ROWS - 1)) is not None]
    return max(places, default=-1) + 1


def rows_shown(field: fields.Field[Any]) -> int:
    """Return how many rows of this list a form shows again. What is beyond them is refused and left out.

    Every list of a schema that a page sends says how many values it takes (`Many`, `Choices`).
    """
    return min(field.most + SPARE_ROWS, MOST_ROWS)  # type: ignore[attr-defined]


def leave_out_excess(schema: Schema, typed: MultiDict[str, str], prefix: str = "") -> list[Invalid]:
    """Take out of each list what is beyond the rows that are shown, and return a fault for each such list.

    So nobody waits for a page with thousands of rows, which no person types.
    """
    faults = []
    for name, field in schema.fields.items():
        if isinstance(field, fields.Nested):
            faults += leave_out_excess(field.schema, typed, f"{prefix}{name}.")
        elif isinstance(field, fields.List) and _leave_out(field, typed, prefix + name):
            most = min(field.most, MOST_ROWS)  # type: ignore[attr-defined]
            faults.append(Invalid("field.too_many_rows", prefix + name, most=most, shown=rows_shown(field)))
    return faults


def _leave_out(field: fields.List[Any], typed: MultiDict[str, str], name: str) -> bool:
    """Take out what is beyond the rows of this list that are shown; return whether there was any."""
    shown = rows_shown(field)
    beyond = [key for key in typed if _is_beyond(key, f"{name}.", shown)]
    for key in beyond:
        typed.poplist(key)
    values = typed.getlist(name)
    if len(values) > shown:
        typed.setlist(name, values[:shown])
    return bool(beyond) or len(values) > shown


def _is_beyond(key: str, start: str, shown: int) -> bool:
    number = key.removeprefix(start).partition(".")[0] if key.startswith(start) else ""
    return number.isdecimal() and whole_of(number, shown - 1) is None
