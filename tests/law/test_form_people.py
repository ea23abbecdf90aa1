"""Chapter 10 of the form: whether people were told, how, and why not (Art. 34)."""

from datetime import UTC, date, datetime
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from workflows.law import gdpr
from workflows.law.ap_form import changes, fill

AWARE = datetime(2026, 11, 13, 16, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "informed", "reason"),
    [
        ({"risk": "high"}, "planned", None),
        ({"risk": "high", "facts": {"measures_removed_high_risk": True}}, "planned", None),
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


FACTS = ({}, {"measures_removed_high_risk": True}, {"disproportionate_effort": True})
SAID = ({}, {"people_informed": "no"}, {"informed_how": ["letter"]})


def test_approving_and_submitting_change_no_answer() -> None:
    """Whoever copies the answers before the act has those that are kept as sent: of every assessment."""
    assessed = product((None, *gdpr.RISKS), (None, *gdpr.PEOPLE_EXCEPTIONS), (None, True, False), FACTS, SAID)
    for risk, exception, undertaking, facts, said in assessed:
        columns = {"risk": risk, "people_exception": exception, "financial_undertaking": undertaking}
        breach = {**columns, "facts": facts, "draft": {"answers": said}, "became_aware_at": AWARE}
        begun = {"notice": {}} if gdpr.data_subjects_must_be_told(SimpleNamespace(**columns)) else {}
        before = fill({**breach, "now": AWARE})
        after = fill({**breach, **begun, "submitted_at": AWARE, "decided_at": AWARE, "decision": "notify"})
        assert changes(before, after) == [], columns
