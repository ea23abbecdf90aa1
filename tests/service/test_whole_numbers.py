"""Numbers as text: plain digits up to an end; whatever else stands there is no number, and never an error of ours."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from marshmallow import Schema, ValidationError, fields

from service.schemas.fields import MOST_PEOPLE, Number, Whole
from service.schemas.lists import read_clients
from service.words.whole_numbers import typed_whole, whole_of
from tenants.errors import ManyInvalid
from tests import factories
from tests.house.schemas import schemas_to_fill_in
from tests.service.caller import Caller, refused

MANY = "9" * 5000


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), (" 12 ", 12), ("007", 7), ("000", 0), ("20", 20), ("21", None), ("200", None), ("", None),
     ("-1", None), ("1.5", None), ("1e3", None), ("٣", None), ("²", None), ("1_0", None), ("0x1", None),
     (MANY, None), ("0" * 5000, 0), ("0" * 5000 + "9", 9)],
)  # fmt: skip
def test_a_whole_number_is_read_as_it_is_typed(text: str, number: int | None) -> None:
    assert whole_of(text, 20) == number


@pytest.mark.parametrize("text", ["1.500", "1,500", "1 500", "1\u00a0500", "1\u202f500", " 1500 ", "1\t500"])
def test_thousands_are_read_as_people_and_our_pages_write_them(text: str) -> None:
    assert Whole().deserialize(text) == 1500


@pytest.mark.parametrize("text", ["1.500.000", "1,500,000", "1 500 000"])
def test_millions_too(text: str) -> None:
    assert typed_whole(text, MOST_PEOPLE) == 1_500_000


@pytest.mark.parametrize("text", [
    "1.50", "1,50", "1.5", "1.5000", "1500.000", "1.500,000", "1,500.000", "1.500,00", "1 50", "0.500", ".500", "1.",
    "1..500", "1.500.00", "24 uur", "12a", "1e3", "1'500", "1-500", "٣.500", "1.500.000.000.000.000.000.000",
])  # fmt: skip
def test_what_may_mean_another_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="not_a_number"):
        Whole().deserialize(text)


def whole_numbers(schema: Schema, within: str = "") -> Iterator[tuple[str, fields.Field[Any]]]:
    """Every field of a schema that takes a whole number, also in its lists and parts."""
    for name, field in schema.fields.items():
        part = field.inner if isinstance(field, fields.List) else field
        if isinstance(part, fields.Nested):
            yield from whole_numbers(part.schema, f"{within}{name}.")
        elif isinstance(part, fields.Number) and not isinstance(part, Number):
            yield within + name, part


def test_every_whole_number_that_is_typed_is_read_by_the_one_field_that_knows_thousands() -> None:
    found = [(schema, *field) for schema in schemas_to_fill_in() for field in whole_numbers(schema())]
    assert len(found) > 15
    assert [(schema, name) for schema, name, field in found if not isinstance(field, Whole)] == []


def test_a_list_reads_the_same(app: Flask) -> None:
    lines = ["K1;1.500", "K2;1500", "K3;1 500", "K4;1.500"]
    assert [hit.people_min for hit in read_clients("\n".join(["klantnummer;betrokkenen", *lines]))] == [1500] * 4


def test_a_field_refuses_what_is_too_long_and_reads_a_minus_sign() -> None:
    field = Whole(least=-5, most=5)
    assert field.deserialize("-3") == -3
    for text in (MANY, f"-{MANY}", "1" * 30, "--1", "- 1x"):
        with pytest.raises(ValidationError, match="not_a_number"):
            field.deserialize(text)


@pytest.mark.parametrize("cell", [MANY, "1" + ".000" * 2000, "1" + " " * 16_000 + "1", f"{MANY}-{MANY}"])
def test_no_cell_is_read_that_is_longer_than_its_column_may_be(cell: str) -> None:
    with pytest.raises(ManyInvalid) as refusal:
        read_clients(f"klantnummer;betrokkenen\nK1;{cell}\nK2;veel\n")
    assert [(fault.key, fault.values["line"]) for fault in refusal.value.faults] == [
        ("file.cell_too_long", 2), ("file.not_a_number", 3),
    ]  # fmt: skip


def test_a_version_of_thousands_of_digits_is_no_version(officer: Caller, own_breach: UUID) -> None:
    for tag in (MANY, "1.5", "9" * 11):
        headers = {"If-Match": f'"{tag}"'}
        answer = officer.post(f"breaches/{own_breach}/assessment", factories.an_assessment("risk"), headers=headers)
        refused(answer, 412, "version.out_of_date")
