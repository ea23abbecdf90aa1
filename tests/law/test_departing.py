"""A decision against the advice needs its reason; facts that changed since a decision are seen."""

import pytest

from workflows.law.advice import advise
from workflows.law.advice.departing import departs, facts_changed, facts_digest, reason_is_due

from .advised import TERMS
from .vectors import EDPB_CASES

CASES = {case["id"]: case["facts"] for case in EDPB_CASES["cases"]}
UNDECIDED = advise({}, TERMS)
CLEAR = advise(CASES["02"], TERMS)  # the authority yes, people no


@pytest.mark.parametrize(
    ("decided", "against"),
    [
        ({"notify_authority": True, "notify_people": False}, ()),
        ({"notify_authority": False}, ("notify_authority",)),
        ({"notify_people": True, "document": True}, ("notify_people",)),
        ({}, ()),
    ],
)
def test_a_decision_departs_from_clear_advice(decided: dict[str, bool], against: tuple[str, ...]) -> None:
    assert departs(CLEAR, decided) == against


def test_not_doing_an_undecided_duty_is_a_departure() -> None:
    assert departs(UNDECIDED, {"notify_authority": False}) == ("notify_authority",)
    assert departs(UNDECIDED, {"notify_authority": True}) == ()


def test_only_what_departs_needs_a_reason() -> None:
    assert reason_is_due(CLEAR, {"notify_people": True}, " ")
    assert not reason_is_due(CLEAR, {"notify_people": True}, "We want them to hear it from us.")
    assert not reason_is_due(CLEAR, {"notify_people": False}, None)
    with pytest.raises(KeyError):
        departs(CLEAR, {"tell_the_press": True})


def test_the_digest_is_of_what_is_known_in_any_order() -> None:
    decided_on = facts_digest({"data": ["name", "bsn"], "restored_within_hours": 6, "malicious": False})
    same = {"malicious": False, "data": ("bsn", "name", "name"), "restored_within_hours": 6.0, "groups": []}
    assert not facts_changed(decided_on, {**same, "people_min": None, "copy": "unknown"})
    for changed in ({"malicious": True}, {"malicious": None}, {"data": ["name"]}, {"recipients": "unknown"}):
        assert facts_changed(decided_on, {**same, **changed})
