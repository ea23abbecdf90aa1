"""Art. 33(1), 34: who must be told, who need not be, and what must be in it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.law import gdpr


@dataclass(frozen=True)
class Breach:
    risk: str | None = None
    became_aware_at: datetime | None = datetime(2026, 11, 10, 11, 17, tzinfo=UTC)
    financial_undertaking: bool = False
    people_exception: str | None = None


breaches = st.builds(
    Breach,
    risk=st.sampled_from([None, *gdpr.RISKS]),
    became_aware_at=st.sampled_from([None, Breach.became_aware_at]),
    financial_undertaking=st.booleans(),
    people_exception=st.sampled_from([None, *gdpr.PEOPLE_EXCEPTIONS]),
)


@pytest.mark.parametrize(
    ("risk", "told"), [("unlikely", False), ("risk", True), ("high", True), (None, True), ("Unlikely", True)]
)
def test_authority_is_told_unless_the_risk_is_known_to_be_unlikely(risk: str | None, told: bool) -> None:
    assert gdpr.authority_must_be_told(Breach(risk)) is told
    assert gdpr.authority_is_exempt(Breach(risk)) is not told


def test_unknown_awareness_is_no_exception_for_the_authority() -> None:
    assert gdpr.authority_must_be_told(Breach("unlikely", became_aware_at=None))


def test_a_financial_undertaking_still_tells_the_authority() -> None:
    assert gdpr.authority_must_be_told(Breach("high", financial_undertaking=True))


@pytest.mark.parametrize(
    ("breach", "told", "exempt"),
    [
        (Breach("high"), True, False),
        (Breach("risk"), False, True),
        (Breach("unlikely"), False, True),
        (Breach(None), False, False),
        (Breach("High"), False, False),
        (Breach("high", financial_undertaking=True), False, True),
        (Breach(None, financial_undertaking=True), False, True),
        (Breach("high", people_exception="protected"), False, True),
        (Breach("high", people_exception="measures"), False, True),
        (Breach("high", people_exception="disproportionate"), False, True),
        (Breach("high", people_exception=""), True, False),
        (Breach("high", people_exception="too busy"), True, False),
    ],
)
def test_people_are_told_of_high_risk_unless_exempt(breach: Breach, told: bool, exempt: bool) -> None:
    assert gdpr.data_subjects_must_be_told(breach) is told
    assert gdpr.data_subjects_are_exempt(breach) is exempt


@pytest.mark.parametrize(
    ("breach", "due"),
    [
        (Breach("high", people_exception="disproportionate"), True),
        (Breach("high", people_exception="protected"), False),
        (Breach("high"), False),
        (Breach("risk", people_exception="disproportionate"), False),
        (Breach("high", people_exception="disproportionate", financial_undertaking=True), False),
    ],
)
def test_disproportionate_effort_demands_a_public_notice(breach: Breach, due: bool) -> None:
    assert gdpr.public_notice_is_due(breach) is due


@settings(max_examples=50)
@given(breaches)
def test_duty_and_exemption_never_hold_together(breach: Breach) -> None:
    assert not (gdpr.data_subjects_must_be_told(breach) and gdpr.data_subjects_are_exempt(breach))
    assert gdpr.authority_must_be_told(breach) is not gdpr.authority_is_exempt(breach)


@settings(max_examples=50)
@given(breaches)
def test_an_unknown_fact_never_exempts(breach: Breach) -> None:
    for forgotten in ({"risk": None}, {"became_aware_at": None}, {"people_exception": None}):
        less = Breach(**{**breach.__dict__, **forgotten})
        assert gdpr.authority_is_exempt(less) <= gdpr.authority_is_exempt(breach)
        assert gdpr.data_subjects_are_exempt(less) <= gdpr.data_subjects_are_exempt(breach)


def test_a_notice_has_four_parts() -> None:
    whole = dict.fromkeys(gdpr.NOTICE_PARTS, "text")
    assert gdpr.missing_notice_parts(whole) == ()
    assert gdpr.missing_notice_parts({}) == ("nature", "contact", "consequences", "measures")
    assert gdpr.missing_notice_parts({**whole, "contact": " \n", "greeting": "Hello"}) == ("contact",)
