"""Each day that somebody fills in has a range: a year that nobody can mean is refused at its field."""

from importlib import import_module
from pkgutil import iter_modules

from marshmallow import Schema, ValidationError

from service import schemas
from service.schemas.fields import FIRST_DAY, LAST_DAY, Day
from service.schemas.resource import Resource


def all_of(kind: type[Schema]) -> set[type[Schema]]:
    return {kind}.union(*(all_of(child) for child in kind.__subclasses__()))


def test_every_day_of_every_schema_refuses_a_year_that_nobody_can_mean() -> None:
    for module in iter_modules(schemas.__path__):
        import_module(f"service.schemas.{module.name}")
    days = {
        (schema, name): field
        for schema in all_of(Resource) for name, field in schema._declared_fields.items() if isinstance(field, Day)
    }  # fmt: skip
    assert {name for _, name in days} >= {"in_force_from", "in_force_to", "last_day", "first", "last"}
    for field in days.values():
        for value, key in (("9999-12-31", "moment.too_far_ahead"), ("2100-01-01", "moment.too_far_ahead"),
                           ("0001-01-01", "moment.too_long_ago"), ("1899-12-31", "moment.too_long_ago")):  # fmt: skip
            assert refused(field, value) == key
        assert [field.deserialize(str(day)) for day in (FIRST_DAY, LAST_DAY)] == [FIRST_DAY, LAST_DAY]


def refused(field: Day, value: str) -> str:
    """The key of the refusal of this value."""
    try:
        field.deserialize(value)
    except ValidationError as refusal:
        [fault] = refusal.messages
        return str(getattr(fault, "key", fault))
    return ""
