"""A form that is kept is the same form when it is read again, from the JSON in which it is kept."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.law.ap_form import FilledForm, fill
from workflows.law.ap_form.answers import SAYABLE
from workflows.law.ap_form.kept import read_kept, to_keep
from workflows.law.ap_form.model import Question, the_form

from .vectors import EDPB_CASES

AWARE = datetime(2026, 11, 13, 16, 40, 12, 345678, tzinfo=UTC)
TYPED: dict[str, Any] = {
    "bool": True, "text": "Een tas", "textarea": "Een\n\ntas", "phone": "010 1", "email": "a@example.org", "integer": 3,
    "date": "2026-01-02", "datetime": AWARE.isoformat(), "text_list": ["Bakkerij", "Molen"],
    "multi_country": ["België"],
    "files": ["log.txt"], "address": {"street": "Kade 1", "town": "Utrecht"},
    "contact": {"name": "B. Bakker", "email": "b@example.org"},
    "list_of(name+role)": [{"name": "De Linde", "role": "processor"}],
}  # fmt: skip
"""An answer for each type of question that has no options."""


def again(form: FilledForm) -> FilledForm:
    return read_kept(json.loads(json.dumps(to_keep(form))))


def every_answer() -> dict[str, Any]:
    """The last option of each question that has options, and an answer of its type to each other one."""
    return {question.id: an_answer(question) for question in the_form().questions}


def an_answer(question: Question) -> Any:
    option = next((option for option in reversed(question.options) if not option.group), None)
    if option is None:
        return TYPED.get(question.type)  # The form has no list of options for the sector.
    chosen = option.id if question.type == "single" else [option.id]
    return {"value": chosen, "text": {option.id: "Een tas"}} if option.free_text else chosen


def test_every_kind_of_answer_is_kept() -> None:
    form = fill({"draft": {"answers": every_answer()}, "found_at": AWARE, "became_aware_at": AWARE})
    assert again(form) == form and form.sums["filled"] > 30


@pytest.mark.parametrize("state", SAYABLE)
def test_every_way_of_having_no_answer_is_kept(state: str) -> None:
    form = fill({"draft": {"answers": {question.id: {"state": state} for question in the_form().questions}}})
    assert again(form) == form and form.sums[state] > 10


def test_an_answer_with_a_fault_is_kept_with_it() -> None:
    form = fill({"draft": {"answers": {"nature_of_incident": "other", "count_min": 9, "count_max": 3}}})
    assert again(form) == form and again(form).question("nature_of_incident").fault == "text_needed"


def test_what_follows_from_the_facts_is_kept() -> None:
    for case in EDPB_CASES["cases"]:
        form = fill({
            "facts": case["facts"], "processor_name": "De Wit", "consequences": "Fraude.", "became_aware_at": AWARE,
            "submitted_at": AWARE, "happened_from": AWARE, "notice": {"sent_at": AWARE, "people_told": 3},
        })  # fmt: skip
        assert again(form) == form


def test_a_question_that_was_not_kept_was_not_asked() -> None:
    kept = to_keep(fill({"description": "Een tas is kwijt."}))
    del kept["reporter_name"]
    assert not read_kept(kept).question("reporter_name").shown
    assert read_kept({}).shown == ()
