"""What the form is filled from: every key known, every value of its kind, and what is not is refused by name."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from workflows.law.ap_form import fill
from workflows.law.ap_form.answers import NEEDED, Answer, AnswerRefused, State
from workflows.law.ap_form.facts import FactRefused, read_case
from workflows.law.ap_form.model import the_form
from workflows.law.vocabulary import PeopleReversed, UnknownFact


def value(question: str, answer: object) -> Any:
    values = {"people_informed": "yes", "cross_border": True, question: answer}
    return fill({"draft": {"answers": values}}).question(question).value


@pytest.mark.parametrize(
    ("question", "written", "read"),
    [
        ("notification_kind", "amend", "amend"),
        ("notification_kind", {"state": "filled", "value": "amend"}, "amend"),
        ("people_informed", True, "yes"),  # YAML's bare yes
        ("legal_basis", ["wpg", "avg", "avg"], ("avg", "wpg")),
        ("cross_border_countries", ["België", " ", "Duitsland"], ("België", "Duitsland")),
        ("address", "Kade 1, Rotterdam", "Kade 1, Rotterdam"),
        ("address", {"street": "Kade 1", "town": "Rotterdam"}, {"street": "Kade 1", "town": "Rotterdam"}),
        ("discovered_at", "2026-11-13T17:40", datetime(2026, 11, 13, 16, 40, tzinfo=UTC)),
        ("started_at", "2026-11-13", date(2026, 11, 13)),
        ("started_at", datetime(2026, 11, 12, 23, 30, tzinfo=UTC), date(2026, 11, 13)),
        ("informed_count", 0, 0),
        ("ongoing", False, False),
        ("attachments", ["verslag.pdf"], ("verslag.pdf",)),
        ("summary", "  blanks around  ", "blanks around"),
        ("summary", "  ", None),
        ("legal_basis", [], None),
        ("attachments", ["  "], None),
        ("address", {"street": " "}, None),
    ],
)
def test_answers_are_read_as_their_question_asks(question: str, written: object, read: object) -> None:
    assert value(question, written) == read


@pytest.mark.parametrize(
    ("question", "written"),
    [
        *[("colour", "red"), ("notification_kind", "amended"), ("notification_kind", ["amend"])],
        *[("legal_basis", "avg"), ("legal_basis", ["gdpr"]), ("legal_basis", [["avg"]])],
        *[("protection", ["none", "hashed"]), ("severity", "high"), ("severity", True)],
        *[("ongoing", "no"), ("ongoing", 0), ("informed_count", -1), ("informed_count", True)],
        *[("record_count", 1.5), ("record_count", "many"), ("summary", 3), ("attachments", "verslag.pdf")],
        *[("started_at", "yesterday"), ("started_at", 2026), ("discovered_at", "2026-03-29T02:30")],
        *[("contact_person", {"name": "B"}), ("contact_person", "B"), ("address", {"planet": "Mars"})],
        *[("other_organisations", [{"name": "B"}]), ("other_organisations", [{"name": "B", "role": "friend"}])],
        *[("other_organisations", "B"), ("summary", {"state": "missing"}), ("summary", {"state": "perhaps"})],
        *[("summary", {"state": "unknown", "value": "x"}), ("summary", {"state": ["unknown"]})],
        *[("summary", {"value": "x", "reason": "y"}), ("groups", {"value": ["other"], "text": "volunteers"})],
        *[("groups", {"value": ["other"], "text": {"minors": "x"}}), ("groups", {"value": ["other"], "text": [1]})],
    ],
)
def test_what_is_no_answer_is_refused_by_name(question: str, written: object) -> None:
    with pytest.raises(AnswerRefused) as refused:
        fill({"draft": {"answers": {question: written}}})
    kind = next((asked.type for asked in the_form().questions if asked.id == question), "")
    assert refused.value.field == question and isinstance(refused.value, NEEDED.get(kind, AnswerRefused))
    assert f"draft.answers.{question}" in str(refused.value)


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        *[({"people_min": -1}, "people_min"), ({"risk": "low"}, "risk"), ({"origin": "dream"}, "origin")],
        *[({"found_at": "soon"}, "found_at"), ({"happened_from": "soon"}, "happened_from")],
        *[({"happened_from": "2026-02-30"}, "happened_from"), ({"description": 3}, "description")],
        *[({"financial_undertaking": "no"}, "financial_undertaking"), ({"facts": ["name"]}, "facts")],
        *[({"organisation": {"colour": "red"}}, "organisation.colour"), ({"reporter": {"name": 3}}, "reporter")],
        *[({"reporter": "A"}, "reporter"), ({"notice": {"sent_by": "A"}}, "notice.sent_by")],
        *[({"notice": {"people_told": "all"}}, "notice"), ({"draft": {"summary": "x"}}, "draft.summary")],
        *[
            ({"draft": {"answers": ["x"]}}, "draft.answers"),
            ({"became_aware_at": date(2026, 11, 13)}, "became_aware_at"),
        ],
    ],
)
def test_what_is_no_fact_is_refused_by_name(facts: dict[str, Any], named: str) -> None:
    with pytest.raises(FactRefused) as refused:
        fill(facts)
    assert (refused.value.key, refused.value.field) == ("fact.unknown", named)


@pytest.mark.parametrize("facts", [{"colour": "red"}, {"facts": {"colour": "red"}}, {"data": ["shoe size"]}, {1: 2}])
def test_a_fact_outside_the_vocabulary_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(UnknownFact):
        fill(facts)


@pytest.mark.parametrize("facts", [{"people_min": 60, "people_max": 24}, {"facts": {"people_min": 2, "people_max": 1}}])
def test_at_least_is_not_more_than_at_most(facts: dict[str, Any]) -> None:
    with pytest.raises(PeopleReversed):
        fill(facts)


def test_what_is_not_known_may_be_left_out_null_or_blank() -> None:
    nothing = {"description": " ", "people_min": None, "facts": None, "organisation": None, "draft": {"answers": None}}
    assert fill(nothing) == fill({})
    assert not read_case({**nothing, "now": datetime(2026, 11, 13, tzinfo=UTC)}).is_a_breach


def test_a_blank_answer_counts_as_missing() -> None:
    assert fill({"draft": {"answers": {"summary": None}}}).question("summary").answer == Answer(State.MISSING)
