"""Art. 33, 34: the EDPB's worked cases, more of its stories in our own words, exemptions, reasons and changes."""

from typing import Any

import pytest
from hypothesis import given, settings

from service.words.law_texts import LANGUAGES, law_texts
from workflows.law.advice import Advice, advise
from workflows.law.advice.duties import ANSWERS, DUTIES
from workflows.law.advice.questions import ASKED, open_questions, questions
from workflows.law.vocabulary import EXEMPTING, FACTS, MANY_OF, UnknownFact

from .advised import DRAFT, TERMS, any_facts
from .vectors import EDPB_CASES, read

CASES = {case["id"]: case for case in EDPB_CASES["cases"]}
STORIES = read("guideline_stories")
NOTEBOOK = CASES["11"]["facts"]


def answered(advice: Advice) -> dict[str, str]:
    return {duty: getattr(advice, duty) for duty in DUTIES}


@pytest.mark.parametrize("case", EDPB_CASES["cases"], ids=lambda case: str(case["id"]))
def test_worked_cases_come_out(case: dict[str, Any]) -> None:
    expected = {duty: "yes" if due else "no" for duty, due in case["expected"].items()}
    assert answered(advise(case["facts"], TERMS)) == expected


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_other_stories_of_the_guidelines_are_never_milder(story: dict[str, Any]) -> None:
    duties = answered(advise(story["facts"], TERMS))
    for duty, least in story["at_least"].items():
        assert ANSWERS.index(duties[duty]) >= ANSWERS.index(least), duty
    assert duties | story.get("exactly", {}) == duties


def test_the_advice_on_unknown_facts_is_undecided() -> None:
    advice = advise({}, TERMS)
    assert answered(advice) == {"document": "yes", "notify_authority": "undecided", "notify_people": "undecided"}
    assert (advice.risk_least, advice.risk_most) == ("unlikely", "high")


@pytest.mark.parametrize(
    ("case", "fact"),
    [("06", "protection"), ("06", "key_safe"), ("06", "data"), ("09", "recipients"), ("09", "deletion_confirmed")],
)
def test_what_exempted_must_be_known(case: str, fact: str) -> None:
    facts = CASES[case]["facts"]
    assert advise(facts, TERMS).notify_authority == "no"
    assert advise({**facts, fact: None}, TERMS).notify_authority != "no"


def test_a_fact_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(UnknownFact):
        advise({"colour": "red"}, TERMS)


@pytest.mark.parametrize(
    ("fact", "article"), [("measures_removed_high_risk", "34(3)(b)"), ("financial_undertaking", "UAVG 42")]
)
def test_an_exemption_ends_the_duty_to_people_only_when_known(fact: str, article: str) -> None:
    exempt, not_known = (advise({**NOTEBOOK, fact: value}, TERMS) for value in (True, None))
    assert (exempt.notify_authority, exempt.notify_people, not_known.notify_people) == ("yes", "no", "yes")
    assert [why.facts for why in exempt.reasons if why.article == article] == [{fact: True}]


def test_disproportionate_effort_is_still_a_duty_in_public() -> None:
    advice = advise({**NOTEBOOK, "disproportionate_effort": True}, TERMS)
    assert (advice.notify_people, advice.public_notice) == ("yes", True)
    assert "exempt.disproportionate_effort" in {why.text for why in advice.reasons if why.article == "34(3)(c)"}
    assert not advise({**NOTEBOOK, "disproportionate_effort": True, "financial_undertaking": True}, TERMS).public_notice


def test_protection_that_holds_cites_its_article_to_people() -> None:
    advice = advise(CASES["06"]["facts"], TERMS)
    (why,) = [why for why in advice.reasons if why.article == "34(3)(a)"]
    assert why.facts == {"protection": "hashed", "key_safe": True, "data": ["credentials"]}


def test_hashing_protects_only_passwords() -> None:
    more = {**CASES["06"]["facts"], "data": ["credentials", "name", "bsn"]}
    assert advise(more, TERMS).notify_people == "yes"


def test_facts_that_contradict_each_other_are_pointed_out() -> None:
    advice = advise({**CASES["06"]["facts"], "misused": True}, TERMS)
    assert "contradiction.misuse" in {why.text for why in advice.reasons}
    assert "contradiction.misuse" not in {why.text for why in advise(CASES["06"]["facts"], TERMS).reasons}


def test_what_would_change_is_found_with_what_it_goes_with() -> None:
    facts = {**CASES["06"]["facts"], "protection": None, "key_safe": None}
    change = next(c for c in advise(facts, TERMS).would_change if c.fact == "protection" and c.after == "no")
    assert (change.duty, change.values) == ("notify_authority", ("encrypted", "hashed"))
    assert change.together == {"key_safe": True}


def test_the_number_of_people_can_decide() -> None:
    facts = {**CASES["11"]["facts"], "data": ["name", "location"], "people_min": None, "misused": False}
    advice = advise(facts, TERMS)
    counts = {(c.fact, c.values, c.after) for c in advice.would_change if c.duty == "notify_people"}
    assert advice.notify_people == "undecided"
    assert {("people_min", (101,), "yes"), ("people_max", (100,), "no")} <= counts


def test_under_the_proposal_only_a_high_risk_goes_to_the_authority() -> None:
    case = CASES["02"]["facts"]
    assert (advise(case, TERMS).notify_authority, advise(case, DRAFT).notify_authority) == ("yes", "no")
    assert advise(case, DRAFT).terms == DRAFT.name


@settings(max_examples=40)
@given(any_facts)
def test_reasons_lean_on_the_facts_as_told_and_have_a_text(facts: dict[str, Any]) -> None:
    advice = advise(facts, TERMS)
    texts = law_texts("advice", "nl")
    assert {why.duty for why in advice.reasons} == set(DUTIES)
    for why in advice.reasons:
        assert why.text in texts
        assert why.facts == {name: facts.get(name) for name in why.facts}


@settings(max_examples=25)
@given(any_facts)
def test_what_would_change_changes_it(facts: dict[str, Any]) -> None:
    advice = advise(facts, TERMS)
    for change in advice.would_change:
        value = change.values[0]
        changed_facts = {**facts, **change.together, change.fact: [value] if change.fact in MANY_OF else value}
        assert facts.get(change.fact) in (None, [], "unknown")
        assert getattr(advise(changed_facts, TERMS), change.duty) == change.after != change.before


def test_undecided_always_has_a_way_to_no_and_to_yes() -> None:
    ways = {(c.duty, c.after) for c in advise({}, TERMS).would_change if c.fact not in EXEMPTING}
    assert ways == {(duty, sure) for duty in ("notify_authority", "notify_people") for sure in ("no", "yes")}


def test_every_text_is_in_both_languages() -> None:
    assert [set(law_texts("advice", language)) for language in LANGUAGES] == 2 * [set(law_texts("advice", "nl"))]


def test_every_fact_has_its_question_and_what_makes_no_difference_is_not_asked() -> None:
    assert set(ASKED) == {*FACTS, *EXEMPTING} == set(questions({}))
    asked = open_questions({"nature": ["confidentiality"], "protection": "none", "taken": "no", "recipients": "nobody"})
    assert asked == ("data", "groups", *EXEMPTING)
