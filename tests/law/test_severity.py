"""ENISA 2013: every published and derived vector, the bounds, the bands, and the questions that lead to a score."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.words.law_texts import LANGUAGES, law_texts
from workflows.law import severity_questions as asked
from workflows.law.severity import (
    BANDS,
    CIRCUMSTANCE,
    CONTEXT,
    IDENTIFICATION,
    INTENT,
    Parts,
    ScoreOutOfRange,
    band_of,
    read_quarters,
    severity,
)

from .vectors import ENISA

part = st.sampled_from(CIRCUMSTANCE)
parts = st.builds(
    Parts, dpc=st.sampled_from(CONTEXT), ei=st.sampled_from(IDENTIFICATION),
    confidentiality=part, integrity=part, availability=part, malicious=st.booleans(),
)  # fmt: skip


def quarters(number: float) -> int:
    return int(Decimal(str(number)) * 4)


@pytest.mark.parametrize("vector", ENISA["test_vectors"], ids=lambda v: v["id"])
def test_severity_as_published(vector: dict[str, Any]) -> None:
    lost = {"confidentiality": "c", "integrity": "i", "availability": "a"}
    given_parts = Parts(
        dpc=vector["dpc"], ei=quarters(vector["ei"]), malicious=bool(vector["m"]),
        **{name: quarters(vector[short]) for name, short in lost.items()},
    )  # fmt: skip
    result = severity(given_parts, vector["people"], "unintelligible" in vector["flags"])
    assert (result.score, result.band) == (Decimal(str(vector["se"])), vector["band"])
    assert list(result.flags) == vector["flags"]


@pytest.mark.parametrize("band", ENISA["bands"], ids=lambda band: band["id"])
def test_bands_as_published(band: dict[str, Any]) -> None:
    begins = dict(BANDS)[band["id"]]
    assert begins == 4 * band["from"] and band_of(begins) == band["id"]
    if band["below"] is not None:
        assert band_of(4 * band["below"] - 1) == band["id"] != band_of(4 * band["below"])


def test_the_parts_of_the_score_are_the_published_ones() -> None:
    assert [quarters(value) for value in ENISA["ei"].values()] == list(IDENTIFICATION)
    published = {lost: [quarters(step) for step in ENISA["cb"][lost]] for lost in asked.LOST}
    assert {lost: sorted(options.values()) for lost, options in asked.LOST.items()} == published
    assert all(steps == list(CIRCUMSTANCE) for steps in published.values())
    assert [quarters(step) for step in ENISA["cb"]["malicious_intent"].values()] == [0, INTENT]
    assert ENISA["dpc"]["clamp"] == [CONTEXT[0], CONTEXT[-1]]


@settings(max_examples=40)
@given(parts, st.none() | st.integers(0, 10**6), st.booleans())
def test_the_score_has_bounds_and_flags_never_change_it(given_parts: Parts, people: int | None, unread: bool) -> None:
    result = severity(given_parts, people, unread)
    assert quarters(ENISA["range"]["min"]) <= result.quarters <= quarters(ENISA["range"]["max"])
    assert result.quarters == severity(given_parts).quarters
    assert ("many" in result.flags) == (people is not None and people > 100)


@pytest.mark.parametrize("wrong", [{"dpc": 0}, {"dpc": 5}, {"ei": 0}, {"ei": 5}, {"integrity": 3}, {"dpc": True}])
def test_a_part_that_enisa_does_not_know_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ScoreOutOfRange):
        Parts(**{"dpc": 1, "ei": 1, "confidentiality": 0, "integrity": 0, "availability": 0} | wrong)


def test_people_are_not_negative() -> None:
    with pytest.raises(ScoreOutOfRange):
        severity(Parts(dpc=1, ei=1, confidentiality=0, integrity=0, availability=0), people=-1)


@pytest.mark.parametrize(("text", "is_"), [("0.25", 1), ("0,5", 2), (" 1 ", 4), ("1.00", 4)])
def test_a_decimal_is_read_in_quarters(text: str, is_: int) -> None:
    assert read_quarters("ei", text, IDENTIFICATION) == is_


@pytest.mark.parametrize("text", ["0.3", "2", "", "x", "1/4", "-0.25", "1e9", "nan", "0.2500001"])
def test_a_decimal_that_enisa_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ScoreOutOfRange, match=r"ei is 0\.25 or 0\.5 or 0\.75 or 1, not"):
        read_quarters("ei", text, IDENTIFICATION)


ALL = {
    "kinds": ["financial", "simple"], "circumstance.financial": "fraud_or_full_profile", "circumstance.simple": "none",
    "identified_by.full_name": "few_in_country", "identified_by.id_number": "with_name",
    "confidentiality": "unknown_or_public", "integrity": "no_wrong_use", "availability": "temporarily_away",
    "malicious": True,
}  # fmt: skip


def test_answers_lead_to_the_score_of_hacked_payslips() -> None:
    result = asked.estimate(ALL, people=1200)
    assert result.sure and result.least == result.most
    assert (result.least.score, result.least.band, result.least.flags) == (Decimal("5.25"), "very_high", ("many",))
    assert {led.question for led in result.led_by} == set(ALL) - {"kinds"}


def test_the_score_of_unknown_answers_is_the_whole_range() -> None:
    result = asked.estimate({})
    assert (result.least.quarters, result.most.quarters, result.sure) == (1, 24, False)
    assert all(led.answer is None for led in result.led_by)


@pytest.mark.parametrize("question", sorted(ALL))
def test_an_unknown_answer_only_widens_the_range(question: str) -> None:
    known, less = asked.estimate(ALL), asked.estimate(ALL | {question: None})
    assert less.least.quarters <= known.least.quarters <= known.most.quarters <= less.most.quarters


@pytest.mark.parametrize("kind", asked.BASES)
def test_every_circumstance_is_the_published_step(kind: str) -> None:
    published = ENISA["dpc"][kind]
    steps = sorted(step for step in asked.CIRCUMSTANCES[kind].values() if step)
    assert asked.BASES[kind] == published["base"]
    assert steps == sorted(int(step) for step in published["adjust"])
    assert {asked.BASES[kind] + step for step in asked.CIRCUMSTANCES[kind].values()} == set(published["examples"])


def test_several_kinds_take_the_highest_and_credentials_what_they_open() -> None:
    shop = asked.estimate({**ALL, "kinds": ["credentials"], "credentials_open": "simple"})
    bank = asked.estimate({**ALL, "kinds": ["simple", "credentials"], "credentials_open": "financial"})
    assert bank.least.quarters - shop.least.quarters == (4 - 1) * 4


@pytest.mark.parametrize("means", asked.IDENTIFIED_BY)
def test_every_ease_of_identification_is_the_published_one(means: str) -> None:
    published = sorted(quarters(value) for value in ENISA["ei_examples"][means])
    assert sorted(asked.IDENTIFIED_BY[means].values()) == published


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        *[("colour", "red"), ("kinds", ["gold"]), ("kinds", "simple"), ("malicious", "yes"), ("integrity", "lost")],
        *[("circumstance.gold", "none"), ("circumstance.simple", 1), ("confidentiality.x", "known_recipients")],
    ],
)
def test_an_answer_that_the_question_does_not_have_is_refused(question: str, answer: object) -> None:
    with pytest.raises(asked.UnknownAnswer):
        asked.estimate({question: answer})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_answer_has_a_text(language: str) -> None:
    texts = law_texts("severity", language)
    several = {"kinds": asked.KINDS, "malicious": ("yes", "no")}
    for area, table in (("circumstance", asked.CIRCUMSTANCES), ("identified_by", asked.IDENTIFIED_BY)):
        several |= {f"{area}.{which}": tuple(options) for which, options in table.items()}
    several |= {question: asked.options_of(question) for question in (*asked.LOST, "credentials_open")}
    assert {f"{q}.{name}" for q, options in several.items() for name in (*options, "question")} <= set(texts)
