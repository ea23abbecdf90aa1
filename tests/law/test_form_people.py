"""Chapter 10 of the form: whether people were told, how, and why not (Art. 34)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from workflows.law.ap_form import fill

AWARE = datetime(2026, 11, 13, 16, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "informed", "reason"),
    [
        ({"risk": "high"}, None, None),
        ({}, None, None),
        ({"risk": "risk"}, "no", ("no_high_risk",)),
        ({"risk": "high", "people_exception": "measures"}, "no", ("measures_after",)),
        ({"risk": "high", "financial_undertaking": True}, "no", ("financial_undertaking",)),
        ({"facts": {"measures_removed_high_risk": True}}, "no", ("measures_after",)),
        ({"risk": "risk", "notice": {}}, "planned", None),
        ({"risk": "high", "notice": {"sent_at": AWARE}}, "yes", None),
    ],
)
def test_whether_people_are_told(facts: dict[str, Any], informed: str | None, reason: object) -> None:
    form = fill(facts)
    assert form.question("people_informed").value == informed
    assert form.question("why_not").value == reason


def test_disproportionate_effort_demands_its_public_notice() -> None:
    form = fill({"risk": "high", "people_exception": "disproportionate"})
    assert form.question("public_notice").blocks == ("complete",)


def test_a_notice_tells_when_how_and_to_how_many() -> None:
    form = fill({"notice": {"sent_at": "2026-11-14T23:30:00+00:00", "people_told": 296, "content": "Beste mensen"}})
    assert form.question("informed_on").value == date(2026, 11, 15)
    assert [form.question(f"informed_{part}").value for part in ("count", "how", "content")] == [
        296, ("email",), "Beste mensen",
    ]  # fmt: skip
