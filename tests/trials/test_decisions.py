"""How the controllers of a story decide on the advice: most follow it."""

import pytest

from service.story.decisions import Plan

PLAN = Plan("Het incident", "Eerste teken", {}, high=2, late=3, not_notifying=frozenset({4, 5}))


@pytest.mark.parametrize(
    ("number", "people", "risk"),
    [(0, "yes", "high"), (0, "undecided", "risk"), (0, "no", "risk"), (2, "no", "high"), (4, "yes", "unlikely")],
)
def test_most_follow_the_advice_and_some_depart(number: int, people: str, risk: str) -> None:
    assert PLAN.risk_for(number, {"notify_authority": "yes", "notify_people": people}) == risk
