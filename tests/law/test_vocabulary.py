"""The words for facts: the worked cases of the EDPB speak them, and nothing else passes."""

from typing import Any

import pytest

from workflows.law import vocabulary

from .vectors import EDPB_CASES


@pytest.mark.parametrize("case", EDPB_CASES["cases"], ids=lambda case: case["id"])
def test_worked_cases_speak_the_vocabulary(case: dict[str, Any]) -> None:
    vocabulary.refuse_unknown_facts(case["facts"])
    assert set(case["facts"]) == set(vocabulary.FACTS)


@pytest.mark.parametrize("field", vocabulary.FACTS)
def test_the_vocabulary_is_the_published_one(field: str) -> None:
    published = EDPB_CASES["vocabulary"][field]
    if isinstance(published, dict):
        ours = vocabulary.MANY_OF.get(field) or vocabulary.ONE_OF[field]
        assert list(ours) == (published.get("many") or published["one"])


def test_there_is_no_other_published_fact() -> None:
    assert set(EDPB_CASES["vocabulary"]) == set(vocabulary.FACTS)


@pytest.mark.parametrize("field", (*vocabulary.FACTS, *vocabulary.EXEMPTING))
def test_every_fact_may_be_unknown(field: str) -> None:
    vocabulary.refuse_unknown_facts({field: None})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("colour", "red"), ("data", "name"), ("data", ["shoe size"]), ("nature", [["integrity"]])],
        *[("groups", 3), ("protection", "strong"), ("taken", False), ("copy", ["paper"])],
        *[("malicious", "yes"), ("key_safe", 1), ("financial_undertaking", "no")],
        *[("people_min", -1), ("people_min", 2.5), ("people_max", True), ("people_max", "many")],
        *[("restored_within_hours", -1), ("restored_within_hours", float("nan"))],
        *[("restored_within_hours", float("inf")), ("restored_within_hours", "soon")],
    ],
)
def test_refuses_what_is_not_in_the_vocabulary(field: str, value: object) -> None:
    with pytest.raises(vocabulary.UnknownFact) as refused:
        vocabulary.refuse_unknown_facts({field: value})
    assert (refused.value.key, refused.value.field) == ("fact.unknown", field)
    assert field in str(refused.value)


def test_at_least_is_not_more_than_at_most() -> None:
    vocabulary.refuse_unknown_facts({"people_min": 24, "people_max": 24})
    with pytest.raises(vocabulary.PeopleReversed):
        vocabulary.refuse_unknown_facts({"people_min": 60, "people_max": 24})


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [
        *[("protection", "unknown", False), ("recipients", "unknown", True), ("malicious", False, True)],
        *[("data", [], False), ("data", ["name"], True), ("people_min", 0, True), ("people_min", None, False)],
    ],
)
def test_strangers_are_a_fact_and_the_unknown_is_none(field: str, value: object, known: bool) -> None:
    assert vocabulary.is_known(field, value) is known
