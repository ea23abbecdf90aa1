"""What becomes known after a breach was recorded (Art. 33(4)): answers and facts, each with its line of history."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.errors import Invalid, NotAllowed, NotFound, OutOfDate
from tenants.history.entries import of_subject
from tenants.identity.users import APPROVER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.engine.places import Place, a_place, approve, decide, last_entry, refused, seen, submit
from tests.factories import BRAM, FACTS, FENNA, an_assessment, an_organisation, an_own_breach
from workflows.law.ap_form.answers import AnswerRefused
from workflows.law.vocabulary import PeopleReversed, UnknownFact
from workflows.notification.advising import facts_changed_since_decision
from workflows.notification.form_answers import write_answers
from workflows.notification.sent_form import sent_form
from workflows.notification.supplement import look_at_changes, supplement_facts

CHANGES: dict[str, Callable[[UUID], Any]] = {
    "answers": lambda breach: write_answers(breach, {"summary": "Kwijt."}, FENNA),
    "facts": lambda breach: supplement_facts(breach, FACTS["high"], 5, 5, FENNA),
    "look": lambda breach: look_at_changes(breach, FENNA),
}


@pytest.fixture
def place(database: Database) -> Place:
    return a_place()


@pytest.mark.parametrize("change", CHANGES)
def test_anothers_breach_is_not_there_to_change(place: Place, change: str):
    stranger = an_organisation()
    for breach in (place[1], uuid4()):
        with pytest.raises(NotFound), acting_for(stranger):
            CHANGES[change](breach)


def test_answers_are_written_at_any_time_and_stand_beside_earlier_ones(place: Place):
    with acting_for(place[0]):
        write_answers(place[1], {"summary": "Kwijt.", "record_count": {"state": "unknown"}}, FENNA)
    approve(place, "risk", "notify")
    with acting_for(place[0]):
        write_answers(place[1], {"summary": "Een tape is kwijt."}, BRAM)
    entry = last_entry(place)
    assert (entry.what, entry.actor_name) == ("breach.form_answered", BRAM.name)
    assert entry.details["questions"] == ["summary"] and entry.details["to_be_approved_again"] is True
    assert seen(place, lambda b: b.draft["answers"]) == {
        "summary": "Een tape is kwijt.", "record_count": {"state": "unknown"},
    }  # fmt: skip
    assert seen(place, lambda b: b.decided_at) is None, "what was approved is no longer what would be sent"


def test_a_draft_answers_the_form_too_and_leaves_what_was_answered(place: Place):
    decide(place, "assess", **an_assessment())
    with acting_for(place[0]):
        write_answers(place[1], {"summary": "Kwijt."}, FENNA)
    decide(place, "draft", decision="notify", reason="Fraude.", answers={"ongoing": False})
    assert seen(place, lambda b: b.draft) == {"answers": {"summary": "Kwijt.", "ongoing": False}}


@pytest.mark.parametrize("answers", [{"colour": "red"}, {"severity": "enormous"}, {"record_count": "many"}])
def test_what_is_no_answer_is_refused(place: Place, answers: dict[str, Any]):
    refusal = refused(place, AnswerRefused, lambda: write_answers(place[1], answers, FENNA))
    assert refusal.key.startswith("answer.") and refusal.field in answers


def test_answers_to_an_older_version_or_after_the_submission_are_refused(place: Place):
    with acting_for(place[0]):
        write_answers(place[1], {"summary": "Kwijt."}, FENNA, 1)
    refused(place, OutOfDate, lambda: write_answers(place[1], {"summary": "Weg."}, FENNA, 1))
    submit(place)
    refusal = refused(place, Invalid, lambda: write_answers(place[1], {"summary": "Weg."}, FENNA))
    assert refusal.key == "breach.already_submitted"


def test_facts_are_supplemented_with_what_changed_and_the_decision_is_flagged(place: Place):
    approve(place)
    with acting_for(place[0]):
        supplement_facts(place[1], FACTS["high"], 5, 300, FENNA, 4)
    entry = last_entry(place)
    assert (entry.what, entry.actor_name) == ("breach.facts_supplemented", FENNA.name)
    assert entry.details["changed"] == {
        "people_max": [5, 300], "protection": ["encrypted", "none"], "key_safe": [True, None],
    }  # fmt: skip
    assert seen(place, facts_changed_since_decision)
    assert seen(place, lambda b: (b.decision, b.risk, b.version)) == ("do_not_notify", "unlikely", 5)


def test_facts_may_be_supplemented_after_the_submission(place: Place):
    submit(place)
    with acting_for(place[0]):
        supplement_facts(place[1], FACTS["high"], 5, 5, FENNA)
    assert seen(place, facts_changed_since_decision) and seen(place, lambda b: b.submitted_at) is not None


def add_measures(place: Place, measures: str | None, by: Any = FENNA) -> None:
    """Say what was done to contain the breach, with the facts as they are."""
    facts, *people = seen(place, lambda b: (b.facts, b.people_min, b.people_max))
    with acting_for(place[0]):
        supplement_facts(place[1], facts, *people, by, measures=measures)


def test_measures_before_any_assessment_are_recorded_as_personal_values(place: Place):
    add_measures(place, "Wachtwoord gewijzigd.")
    entry = last_entry(place)
    assert entry.what == "breach.facts_supplemented" and entry.details["changed"] == {}
    assert (entry.details["measures_before"], entry.details["measures"]) == (None, "Wachtwoord gewijzigd.")
    assert "to_be_approved_again" not in entry.details
    facts, *people = seen(place, lambda b: (b.facts, b.people_min, b.people_max))
    for same in ("Wachtwoord gewijzigd.", None):
        refused(place, Invalid, lambda same=same: supplement_facts(place[1], facts, *people, FENNA, measures=same))


def test_measures_after_the_approval_take_another_by_somebody_else(place: Place):
    approve(place, "risk", "notify")
    add_measures(place, "Wachtwoord gewijzigd.", BRAM)
    assert last_entry(place).details["to_be_approved_again"] is True
    assert seen(place, lambda b: b.decided_at) is None and not seen(place, facts_changed_since_decision)
    with pytest.raises(NotAllowed):
        decide(place, "approve", by=BRAM, role=APPROVER, agrees=True)


@pytest.mark.parametrize(("end", "is_sent"), [(submit, True), (approve, False)], ids=["submitted", "not notified"])
def test_measures_after_the_end_leave_the_decision_and_the_form_as_sent(
    place: Place, end: Callable[[Place], None], is_sent: bool
) -> None:
    end(place)
    before = seen(place, lambda b: (b.decided_at, b.submitted_at, b.sent_as))
    add_measures(place, "Wachtwoord gewijzigd.")
    assert seen(place, lambda b: (b.decided_at, b.submitted_at, b.sent_as)) == before
    assert seen(place, lambda b: b.measures) == "Wachtwoord gewijzigd."
    with acting_for(place[0]):
        form = sent_form(of_subject(place[1]))
    assert [kept.form.question("measures").value for kept in (form,) if kept] == [None] * is_sent


@pytest.mark.parametrize(
    ("facts", "people", "kind"),
    [
        ({"colour": "red"}, (None, None), UnknownFact),
        ({"data": ["name"]}, (60, 24), PeopleReversed),
        ({"data": ["name"], "people_min": 60}, (None, 24), PeopleReversed),
        ({"data": ["name"]}, (None, None), Invalid),
        ({"data": ["name"], "copy": "unknown", "groups": []}, (None, None), Invalid),
    ],
)
def test_an_unknown_fact_or_an_unchanged_one_is_refused(
    place: Place, facts: dict[str, Any], people: tuple[int | None, int | None], kind: type[Exception]
):
    refused(place, kind, lambda: supplement_facts(place[1], facts, *people, FENNA))


def test_facts_on_an_older_version_are_refused(place: Place):
    decide(place, "assess", **an_assessment())
    refused(place, OutOfDate, lambda: supplement_facts(place[1], FACTS["high"], 5, 5, FENNA, 1))


def test_whoever_looks_lowers_the_flag_until_the_facts_change_again(place: Place):
    approve(place)
    for people in (300, 4000):
        with acting_for(place[0]):
            supplement_facts(place[1], FACTS["high"], 5, people, FENNA)
        assert seen(place, facts_changed_since_decision)
        with acting_for(place[0]):
            look_at_changes(place[1], BRAM)
        entry = last_entry(place)
        assert (entry.what, entry.actor_name) == ("breach.changes_seen", BRAM.name)
        assert not seen(place, facts_changed_since_decision)


def test_assessing_again_lowers_the_flag_too(place: Place):
    approve(place)
    with acting_for(place[0]):
        supplement_facts(place[1], FACTS["high"], 5, 5, FENNA)
    decide(place, "assess", risk="high", reason="De sleutel lag erbij.")
    assert not seen(place, facts_changed_since_decision)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [({"facts": {"colour": "red"}}, UnknownFact), ({"people_min": 60, "people_max": 24}, PeopleReversed)],
)
def test_a_breach_with_an_unknown_fact_is_refused(database: Database, facts: dict[str, Any], kind: type[Exception]):
    organisation = an_organisation()
    with pytest.raises(kind):
        an_own_breach(organisation, **facts)
    assert database.outside("select from breach where organisation_id = :o", o=organisation) == []
