"""Numbers as text: plain digits up to an end; whatever else stands there is no number, and never an error of ours."""

from uuid import UUID

import pytest
from marshmallow import ValidationError

from service.schemas.csv_lists import read_clients
from service.schemas.fields import Whole
from service.words.whole_numbers import whole_of
from tenants.errors import ManyInvalid
from tests import factories
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
        ("csv.cell_too_long", 2), ("csv.not_a_number", 3),
    ]  # fmt: skip


def test_a_version_of_thousands_of_digits_is_no_version(officer: Caller, own_breach: UUID) -> None:
    for tag in (MANY, "1.5", "9" * 11):
        headers = {"If-Match": f'"{tag}"'}
        answer = officer.post(f"breaches/{own_breach}/assessment", factories.an_assessment("risk"), headers=headers)
        refused(answer, 412, "version.out_of_date")
