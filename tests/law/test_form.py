"""Art. 33(3), 33(4): the form filled from a breach: states, blocks, sums, and the form's own quirks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.law import gdpr, vocabulary
from workflows.law.ap_form import blocks, changes, fill
from workflows.law.ap_form.answers import SAYABLE, Answer, State
from workflows.law.ap_form.model import the_form

from .vectors import EDPB_CASES

AWARE = datetime(2026, 11, 13, 16, 40, tzinfo=UTC)
REPORTER = {"name": "A. de Wit", "function": "privacy officer", "phone": "010 123 45 67"}
NOT_KNOWING = [{"state": state.value} for state in SAYABLE]


def answered(**answers: object) -> dict[str, Any]:
    return {"draft": {"answers": answers}}


def one(question: str, facts: dict[str, Any]) -> Answer:
    return fill(facts).question(question).answer


def whole_breach() -> dict[str, Any]:
    """Everything that a complete notification asks."""
    return {
        "description": "Een back-up is kwijt.",
        "measures": "Sloten vervangen.",
        "consequences": "Kans op fraude.",
        "found_at": AWARE,
        "became_aware_at": AWARE,
        "reporter": REPORTER,
        "facts": {
            "nature": ["confidentiality"], "data": ["name", "bsn"], "groups": ["employees"], "people_min": 24,
            "people_max": 60, "recipients": "known",
        },
        **answered(nature_of_incident="device_or_paper_lost_stolen", record_count=24),
    }  # fmt: skip


def test_the_empty_form_asks_everything_and_knows_nothing() -> None:
    form = fill({})
    assert form.sums["filled"] == 0
    waiting = blocks(form)
    assert waiting["preliminary"] == [
        *("reporter_name", "reporter_function", "reporter_phone", "contact_person", "nature_of_breach", "summary")
    ]
    assert {"data_general", "groups", "record_count", "count_min", "measures"} <= set(waiting["complete"])


def test_a_whole_breach_blocks_nothing() -> None:
    assert blocks(fill(whole_breach())) == {"preliminary": [], "complete": []}


@pytest.mark.parametrize(
    ("part", "questions"),
    [
        ("reporter", {"reporter_name", "reporter_function", "reporter_phone", "contact_person"}),
        ("description", {"summary"}),
        ("facts", {"nature_of_breach", "data_general", "data_special", "groups", "count_min", "count_max",
                   "consequences_data"}),
        ("measures", {"measures"}),
        ("draft", {"nature_of_incident", "record_count"}),
    ],
)  # fmt: skip
def test_what_the_law_asks_blocks_when_it_is_gone(part: str, questions: set[str]) -> None:
    facts = whole_breach()
    del facts[part]
    assert set(blocks(fill(facts))["complete"]) == questions


@pytest.mark.parametrize("question", [q.id for q in the_form().questions if q.required in ("law", "ap")])
def test_a_required_question_stays_open_while_its_answer_is_unknown(question: str) -> None:
    facts = whole_breach()
    facts["draft"]["answers"][question] = {"state": "not_yet_known"}
    waiting = blocks(fill(facts))
    assert question in waiting["complete"]
    assert (question in waiting["preliminary"]) is question.startswith(("reporter", "contact"))


@pytest.mark.parametrize("question", ["data_general", "groups", "record_count", "count_max"])
def test_unknown_is_an_answer_where_the_law_says_where_possible(question: str) -> None:
    facts = whole_breach()
    facts["draft"]["answers"][question] = {"state": "unknown"}
    assert question not in blocks(fill(facts))["complete"]


@pytest.mark.parametrize("question", ["nature_of_breach", "summary", "consequences_people", "measures"])
@pytest.mark.parametrize("state", ["unknown", "not_applicable"])
def test_unknown_is_no_answer_to_what_must_be_described(question: str, state: str) -> None:
    facts = whole_breach()
    facts["draft"]["answers"][question] = {"state": state}
    assert question in blocks(fill(facts))["complete"]


def test_only_questions_that_a_source_requires_block() -> None:
    free = {q.id for q in the_form().questions if q.required in ("unknown", "opt")}
    for said in (None, *NOT_KNOWING):
        assert not free & set(blocks(fill(answered(**dict.fromkeys(free, said))))["complete"])


def test_three_ways_of_not_knowing_are_three_answers() -> None:
    always = [q.id for q in the_form().questions if not q.condition]
    for said in NOT_KNOWING:
        form = fill(answered(**dict.fromkeys(always, said)))
        assert {form.question(question).state for question in always} == {said["state"]}


def test_what_nobody_said_is_missing_and_what_somebody_said_unknown_is_unknown() -> None:
    assert one("protection", {"facts": {"protection": None}}).state is State.MISSING
    assert one("protection", {"facts": {"protection": "unknown"}}).state is State.UNKNOWN
    assert one("groups", {"facts": {"groups": []}}).state is State.MISSING


def test_what_people_answered_goes_before_the_facts() -> None:
    facts = whole_breach()
    assert one("summary", facts).value == "Een back-up is kwijt."
    facts["draft"]["answers"]["summary"] = "Een tas met een back-up is kwijt."
    assert one("summary", facts).value == "Een tas met een back-up is kwijt."


def test_number_of_records_unknown_is_1_with_an_explanation() -> None:
    for state in ("unknown", "not_yet_known"):
        facts = answered(record_count={"state": state})
        assert one("record_count", facts) == Answer(State(state), 1)
        explanation = one("record_count_explanation", facts)
        assert "1 ingevuld" in explanation.value.nl and "1 is entered" in explanation.value.en
    assert one("record_count_explanation", answered(record_count=24)).state is State.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("facts", "state", "value"),
    [
        ({"protection": "encrypted", "key_safe": True}, State.FILLED, ("encrypted",)),
        ({"protection": "encrypted", "key_safe": False}, State.FILLED, ("none",)),
        ({"protection": "encrypted"}, State.UNKNOWN, None),
        ({"protection": "hashed"}, State.FILLED, ("hashed",)),
        ({"protection": "hashed", "key_safe": False}, State.FILLED, ("none",)),
        ({"protection": "none", "malicious": True, "nature": ["availability_permanent"]}, State.FILLED, ("none",)),
        ({"key_safe": True}, State.MISSING, None),
    ],
)
def test_only_protection_beforehand_with_a_safe_key_is_protection(
    facts: dict[str, Any], state: State, value: object
) -> None:
    assert one("protection", {"facts": facts}) == Answer(state, value)


def test_protection_is_explained_when_claimed_and_when_the_key_spoils_it() -> None:
    claimed = fill({"facts": {"protection": "encrypted", "key_safe": True}}).question("protection_explanation")
    assert (claimed.state, claimed.blocks) == (State.MISSING, ("complete",))
    lost = one("protection_explanation", {"facts": {"protection": "encrypted", "key_safe": False}})
    assert "sleutel is niet veilig" in lost.value.nl
    doubt = one("protection_explanation", {"facts": {"protection": "encrypted"}})
    assert "is niet bekend" in doubt.value.nl
    assert one("protection_explanation", {"facts": {"protection": "none"}}).state is State.NOT_APPLICABLE


def test_data_go_where_the_form_has_them() -> None:
    facts = {"facts": {"data": ["health", "iban", "email", "name", "payroll", "tax"]}}
    general = one("data_general", facts)
    assert general.value == ("name", "contact", "email", "financial", "iban", "other")
    assert general.texts["other"].nl == "loongegevens, belastinggegevens"
    assert one("data_special", facts).value == ("health",)
    assert one("data_special", {"facts": {"data": ["name"]}}).state is State.NOT_APPLICABLE
    assert one("data_general", {"facts": {"data": ["union"]}}).state is State.NOT_APPLICABLE
    assert one("data_special", {}).state is State.MISSING


def test_the_form_s_own_unknown_is_unknown() -> None:
    assert one("data_general", answered(data_general=["unknown"])) == Answer(State.UNKNOWN, ("unknown",))
    assert one("data_general", answered(data_general={"state": "not_yet_known"})).value == ("unknown",)
    assert one("people_informed", answered(people_informed="undecided")).state is State.NOT_YET_KNOWN


def test_namely_needs_its_words() -> None:
    form = fill({"facts": {"groups": ["other"]}})
    groups = form.question("groups")
    assert (groups.state, groups.fault, groups.value) == (State.MISSING, "text_needed", ("other",))
    assert "groups" in blocks(form)["complete"]
    said = answered(groups={"value": ["other"], "text": {"other": "vrijwilligers"}})
    assert fill(said).question("groups").fault is None


@pytest.mark.parametrize(
    ("least", "most", "asked"), [(24, 24, {"count_exact"}), (24, 60, {"count_min", "count_max"}), (None, None, None)]
)
def test_exact_number_or_at_least_and_at_most(least: int | None, most: int | None, asked: set[str] | None) -> None:
    form = fill({"people_min": least, "people_max": most})
    shown = {q.question.id for q in form.shown if q.question.id.startswith("count_") and q.question.condition}
    assert shown == (asked or {"count_min", "count_max"})
    assert (form.question("count_known").state is State.MISSING) is (asked is None)
    assert ("count_min" in blocks(form)["complete"]) is (asked is None)


def test_numbers_come_from_the_register_before_the_facts() -> None:
    facts = {"people_min": 5, "people_max": 5, "facts": {"people_min": 1, "people_max": 9}}
    assert one("count_exact", facts).value == 5
    assert one("count_max", {"facts": {"people_min": 1, "people_max": 9}}).value == 9
    assert one("count_exact", answered(count_exact=0)).value == 0


def test_at_most_is_not_less_than_at_least() -> None:
    form = fill({"people_min": 24, "people_max": 60, **answered(count_max=10, count_min=20)})
    assert form.question("count_max").fault == "count_reversed"
    assert "count_max" in blocks(form)["complete"]


def test_reasons_of_delay_are_asked_from_the_moment_that_is_late() -> None:
    due_at = gdpr.authority_period(AWARE).due_at
    before, late = ({"became_aware_at": AWARE, "submitted_at": due_at - timedelta(seconds=s)} for s in (1, 0))
    assert not fill(before).question("late_reason").shown
    form = fill(late)
    assert form.question("late_reason").blocks == ("preliminary", "complete")
    assert fill({**late, "late_reason": "De verwerker meldde laat."}).question("late_reason").blocks == ()
    assert fill({"became_aware_at": AWARE, "now": due_at}).question("late_reason").shown
    assert (
        not fill({"became_aware_at": AWARE, "due_at": due_at + timedelta(days=4), "now": due_at})
        .question("late_reason")
        .shown
    )


def test_the_processor_is_named_among_other_organisations() -> None:
    facts = {"origin": "escalated", "processor_name": "De Wit Accountants"}
    assert one("other_organisations", facts).value == ({"name": "De Wit Accountants", "role": "processor"},)
    assert "De Wit Accountants" in one("how_discovered", facts).value.nl


def test_the_contact_is_who_was_named_else_the_officer_else_who_reports() -> None:
    organisation = {"name": "Bakkerij", "fg_name": "F. Gee", "fg_email": "fg@example.org"}
    assert one("contact_person", {"reporter": REPORTER}).value["name"] == "A. de Wit"
    facts = {"reporter": REPORTER, "organisation": organisation}
    assert one("contact_person", facts).value == {"name": "F. Gee", "email": "fg@example.org"}
    named = {"name": "B. Bakker", "phone": "010 12345"}
    assert one("contact_person", facts | {"contact": named}).value == named
    assert one("contact_person", {"contact": {"name": "nobody can reach"}}).state is State.MISSING


def test_severity_is_never_derived() -> None:
    for case in EDPB_CASES["cases"]:
        facts = {"facts": case["facts"], "risk": "high"}
        assert one("severity", facts).state is State.MISSING


def test_changes_name_what_is_answered_otherwise() -> None:
    before = fill(whole_breach())
    assert changes(before, before) == []
    after = fill(whole_breach() | {"people_min": 60, "people_max": 60, "measures": "Sloten en sleutels vervangen."})
    changed = changes(before, after)
    assert [change.id for change in changed] == ["count_known", "count_exact", "count_min", "count_max", "measures"]
    assert [change.asked for change in changed] == [True, True, False, False, True]


facts_of_a_breach = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.lists(st.sampled_from(words), unique=True) for name, words in vocabulary.MANY_OF.items()},
        **{name: st.sampled_from([None, *words]) for name, words in vocabulary.ONE_OF.items()},
        **{name: st.sampled_from([None, True, False]) for name in vocabulary.YES_OR_NO},
        "people_min": st.integers(0, 9),
        "people_max": st.integers(9, 99),
    },
)
sayings = st.dictionaries(st.sampled_from([q.id for q in the_form().questions]), st.sampled_from(NOT_KNOWING))


@settings(max_examples=25)
@given(facts_of_a_breach, sayings)
def test_sums_are_all_questions_that_are_asked_and_complete_waits_for_what_preliminary_does(
    facts: dict[str, Any], said: dict[str, Any]
) -> None:
    form = fill({"facts": facts, "draft": {"answers": said}})
    assert sum(form.sums.values()) == len(form.shown)
    assert {s: sum(c.sums[s] for c in form.chapters) for s in form.sums} == form.sums
    waiting = blocks(form)
    assert set(waiting["preliminary"]) <= set(waiting["complete"])


@settings(max_examples=25)
@given(facts_of_a_breach, st.data())
def test_an_unknown_fact_never_unblocks(facts: dict[str, Any], data: st.DataObject) -> None:
    forgotten = data.draw(st.sampled_from(sorted(facts))) if facts else None
    less = {name: value for name, value in facts.items() if name != forgotten}
    waiting, waiting_less = (set(blocks(fill({"facts": f}))["complete"]) for f in (facts, less))
    # What is no longer claimed needs no explanation; who says less of the number is asked for both ends of it.
    assert waiting - waiting_less <= {"protection_explanation", "count_exact"}


@pytest.mark.parametrize("case", EDPB_CASES["cases"], ids=lambda case: case["id"])
def test_worked_cases_fill_the_form(case: dict[str, Any]) -> None:
    form = fill({"facts": case["facts"]})
    assert form.question("nature_of_breach").state is State.FILLED
    assert fill(case["facts"]) == form
