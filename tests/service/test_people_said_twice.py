"""Two numbers of people that contradict each other are refused at their field, by every schema that takes both."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from service.schemas.breach import AssessmentSchema, OwnBreachSchema
from service.schemas.facts import SupplementSchema
from service.schemas.faults import faults_of
from service.schemas.incident import ClientHitSchema
from service.schemas.people_counted import ENDS
from service.schemas.resource import Resource

for path in sorted(Path("service/schemas").glob("[a-z]*.py")):
    import_module(f"service.schemas.{path.stem}")


def made_of(kind: type[Resource]) -> Iterator[type[Resource]]:
    yield kind
    for below in kind.__subclasses__():
        yield from made_of(below)


def with_fields(*names: str) -> set[type[Resource]]:
    """The schemas of our own that have all of these fields."""
    return {schema for schema in made_of(Resource) if set(names) <= set(schema().fields)}


def faults(schema: type[Schema], values: dict[str, Any]) -> list[tuple[str | None, str]]:
    with pytest.raises(ValidationError) as refused:
        schema().load(values)
    of_people = ("people", "facts.people")
    return [(f.field, f.key) for f in faults_of(refused.value).faults if f.field and f.field.startswith(of_people)]


@pytest.mark.parametrize("schema", sorted(with_fields("people", *ENDS), key=str))
def test_a_number_beside_its_bounds_is_refused(schema: type[Resource]) -> None:
    twice = [("people", "file.people_twice")]
    for people in (5, "5", "ca. 75", "meer dan 4", 0):
        for ends in ({"people_min": 100, "people_max": 200}, {"people_max": "3"}, {"people_min": 0}):
            assert faults(schema, {"people": people, **ends}) == twice
    for ends in ({}, {"people_min": None, "people_max": " "}):
        told = faults(schema, {"people": 5, "people_estimate": "x", **ends})
        assert [name for name, _ in told] == ["people_estimate"]


@pytest.mark.parametrize("schema", sorted(with_fields("facts", *ENDS), key=str))
def test_another_number_in_the_facts_is_refused(schema: type[Resource]) -> None:
    def told(facts: dict[str, Any], **beside: Any) -> list[tuple[str | None, str]]:
        return faults(schema, {"title": "x" * 10_000, "reason": "x" * 100_000, "facts": facts, **beside})

    both = [(f"facts.{end}", "fact.people_elsewhere") for end in ENDS]
    assert told({"people_min": 3, "people_max": 4}, people_min=9, people_max=9) == both
    assert told({"people_min": 3, "people_max": 9}, people_max=8) == both[1:]
    assert told({"people_min": 9}, people_max=3) == [("people_max", "fact.people_reversed")]
    assert told({}, people_min=9, people_max=3) == [("people_max", "fact.people_reversed")]
    assert told({"people_min": 9, "people_max": 3}) == [("facts.people_max", "fact.people_reversed")]
    if "people" in schema().fields:
        assert told({"people_min": 3, "people_max": 5}, people="5") == both[:1]


def test_the_schemas_that_are_walked_are_these() -> None:
    assert with_fields("people", *ENDS) == {OwnBreachSchema, ClientHitSchema}
    assert {OwnBreachSchema, AssessmentSchema, SupplementSchema} < with_fields("facts", *ENDS)


def test_equal_numbers_in_the_facts_stand_beside_them() -> None:
    loaded = SupplementSchema().load({"facts": {"people_min": 3, "data": ["name"]}, "people_min": 3, "people_max": 4})
    assert (loaded["facts"], loaded["people_min"], loaded["people_max"]) == ({"data": ["name"]}, 3, 4)
