"""A KvK number is accepted as people type it, by one function, wherever one is typed."""

import re
from pathlib import Path

import pytest
from marshmallow import Schema, ValidationError

from service.schemas.agreement import ClientSchema
from service.schemas.fields import KvkNumber, Line
from tenants.organisations.kvk_numbers import is_kvk_number, kvk_number
from tests.house.reading import ROOT

TYPED = ("12345678", "1234 5678", "12.34.56.78", "1234-5678", " 12 345 678 ", "1234\u00a05678", "1234\u20115678")
WRONG = ("1234567", "123456789", "1234567a", "KvK 12345678", "١٢٣٤٥٦٧٨", "")


@pytest.mark.parametrize("typed", TYPED)
def test_it_is_accepted_as_people_type_it(typed: str) -> None:
    assert kvk_number(typed) == "12345678"
    assert KvkNumber().deserialize(typed) == "12345678"


@pytest.mark.parametrize("typed", WRONG)
def test_a_text_that_is_no_kvk_number_is_refused(typed: str) -> None:
    assert not is_kvk_number(kvk_number(typed))
    with pytest.raises(ValidationError):
        KvkNumber(required=True).deserialize(typed)


def schemas(of: type[Schema] = Schema) -> set[type[Schema]]:
    """Every schema of the house."""
    return {schema for each in of.__subclasses__() for schema in {each} | schemas(each)}


def test_every_field_that_is_typed_is_of_that_kind() -> None:
    named = {
        (schema.__name__, type(field)) for schema in schemas() for name, field in schema._declared_fields.items()
        if "kvk" in name and isinstance(field, Line)
    }  # fmt: skip
    assert (ClientSchema.__name__, KvkNumber) in named and {kind for _, kind in named} == {KvkNumber}


def test_one_module_alone_says_what_a_kvk_number_is() -> None:
    files = [file for part in ("service", "workflows", "tenants") for file in Path(ROOT, part).rglob("*.py")]
    eight = {file.name for file in files if re.search(r"\[0-9\]\{8\}|\\d\{8\}", file.read_text("utf-8"))}
    assert eight == {"kvk_numbers.py"}
    options = [line for file in files for line in file.read_text("utf-8").splitlines() if '"--kvk"' in line]
    assert options and all("type=kvk_number" in line for line in options)
