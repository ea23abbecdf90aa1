"""What ends before it begins is told together with every other fault, where both of its ends can be read."""

from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from service.schemas.agreement import ClientSchema
from service.schemas.breach import OwnBreachSchema
from service.schemas.client import TermsSchema
from service.schemas.facts import FactsSchema
from service.schemas.faults import faults_of
from service.schemas.incident import ClientHitSchema

DAYS = {"in_force_from": "2026-02-01", "in_force_to": "2026-01-01"}
PEOPLE = {"people_min": "9", "people_max": "3"}
CASES = [
    (ClientSchema, DAYS, "in_force_to", "agreement.ends_before", {"kvk_number": "1"}),
    (TermsSchema, DAYS, "in_force_to", "agreement.ends_before", {"hours_to_notify": "x"}),
    (OwnBreachSchema, PEOPLE, "people_max", "fact.people_reversed", {"found_at": "x"}),
    (ClientHitSchema, PEOPLE, "people_max", "fact.people_reversed", {"informed_at": "x"}),
    (FactsSchema, PEOPLE, "people_max", "fact.people_reversed", {"restored_within_hours": "x"}),
]


def faults(schema: type[Schema], values: dict[str, Any]) -> set[tuple[str | None, str]]:
    with pytest.raises(ValidationError) as refused:
        schema().load(values)
    return {(fault.field, fault.key) for fault in faults_of(refused.value).faults}


@pytest.mark.parametrize(("schema", "ends", "field", "key", "wrong"), CASES)
def test_an_end_before_its_beginning_is_told_beside_other_faults(
    schema: type[Schema], ends: dict[str, str], field: str, key: str, wrong: dict[str, str]
) -> None:  # fmt: skip
    told = faults(schema, ends | wrong)
    assert (field, key) in told and {name for name, _ in told} >= {field, *wrong}


@pytest.mark.parametrize(("schema", "ends", "field", "key", "wrong"), CASES)
def test_an_end_that_cannot_be_read_is_only_told_as_that(
    schema: type[Schema], ends: dict[str, str], field: str, key: str, wrong: dict[str, str]
) -> None:  # fmt: skip
    told = faults(schema, ends | {field: "x"} | wrong)
    assert (field, key) not in told and field in {name for name, _ in told}
