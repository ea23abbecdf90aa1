"""Properties of the advice: worse facts never make it milder, and what is not known never turns a duty off."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.law.advice.duties import ANSWERS
from workflows.law.vocabulary import EXEMPTING, FACTS

from .advised import DRAFT, answers, any_facts, worse

NO, YES = ANSWERS.index("no"), ANSWERS.index("yes")
some = settings(max_examples=60)
field = st.sampled_from([fact for fact in (*FACTS, *EXEMPTING) if fact != "disproportionate_effort"])


@some
@given(any_facts, field, st.integers(0, 200))
def test_a_worse_fact_never_makes_the_advice_milder(facts: dict[str, Any], fact: str, pick: int) -> None:
    before, after = answers(facts), answers(worse(facts, fact, pick))
    assert all(after[duty] >= before[duty] for duty in before)


@some
@given(any_facts, field)
def test_an_unknown_fact_never_ends_a_duty(facts: dict[str, Any], fact: str) -> None:
    before, after = answers(facts), answers({**facts, fact: None})
    assert all(after[duty] != NO for duty, answer in before.items() if answer != NO)


@some
@given(any_facts, st.sampled_from(("protection", "key_safe", "copy", "restored_within_hours", "deletion_confirmed")))
def test_unknown_protection_leaves_a_yes_a_yes(facts: dict[str, Any], fact: str) -> None:
    before, after = answers(facts), answers({**facts, fact: None})
    assert all(after[duty] >= answer for duty, answer in before.items())


@some
@given(any_facts)
def test_who_tells_people_tells_the_authority_and_everything_is_recorded(facts: dict[str, Any]) -> None:
    duties = answers(facts)
    assert duties["notify_people"] <= duties["notify_authority"]
    assert duties["document"] == YES


@some
@given(any_facts)
def test_the_proposal_is_never_stricter_than_the_law(facts: dict[str, Any]) -> None:
    law, draft = answers(facts), answers(facts, DRAFT)
    assert draft["notify_authority"] <= law["notify_authority"]
    assert draft["notify_people"] == law["notify_people"]
