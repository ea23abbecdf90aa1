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
"""The most rows of one list that a form takes. A longer list comes as a file."""


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
        rows = range(rows_typed(typed, name))
        return [row for n in rows if (row := typed_document(field.inner.schema, typed, f"{name}.{n}."))]
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


def facts_document(typed: MultiDict[str, str]) -> dict[str, Any]:
    """Return the typed facts without the counts, as the schemas take them. Open questions are left out."""
    document = typed_document(FactsSchema(), typed, "facts.")
    return {name: value for name, value in document.items() if name not in vocabulary.COUNTS}


def rows_typed(typed: MultiDict[str, str], name: str) -> int:
    """Return how many rows this list has in the form: one more than the highest row number in it."""
    numbers = [key.removeprefix(f"{name}.").partition(".")[0] for key in typed if key.startswith(f"{name}.")]
    places = [place for number in numbers if (place := whole_of(number, MOST_ROWS - 1)) is not None]
    return max(places, default=-1) + 1


def refuse_too_many_rows(typed: MultiDict[str, str]) -> None:
    """Raise Invalid at the list that has a row beyond MOST_ROWS. Without that, such a row would be left out."""
    for key in typed:
        name, _, rest = key.partition(".")
        number = rest.partition(".")[0]
        if number.isdecimal() and whole_of(number, MOST_ROWS - 1) is None:
            raise Invalid("csv.too_many_lines", name, most=MOST_ROWS)
