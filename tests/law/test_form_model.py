"""The AP's form as data: the published questions, numbers, options and marks, in both languages, doubt and all."""

from typing import Any

import pytest

from workflows.law import vocabulary
from workflows.law.ap_form.answers import READERS, State
from workflows.law.ap_form.conditions import ConditionUnreadable, read_condition
from workflows.law.ap_form.model import Option, Question, Words, read_form, the_form

from .vectors import AP_FORM as PUBLISHED

FIELDS = [field for section in PUBLISHED["sections"] for field in section["fields"]]
OURS = {question.id: question for question in the_form().questions}
TIDIED = {"Agentschap Telecom (nu RDI, K)": "Agentschap Telecom (nu RDI)"}


def test_chapters_are_the_published_ones_in_the_form_s_order() -> None:
    published = [(s["id"], s["nr"], s["label_nl"], [f["id"] for f in s["fields"]]) for s in PUBLISHED["sections"]]
    assert [(c.id, c.nr, c.label.nl, [q.id for q in c.questions]) for c in the_form().chapters] == published
    assert [c.nr for c in the_form().chapters] == list(range(1, 11))


def test_every_question_is_the_published_one() -> None:
    def published(field: dict[str, Any]) -> tuple[object, ...]:
        marks = (field.get(name) for name in ("q", "label_nl", "type", "required", "article", "src", "rule"))
        return (*marks, "q" in field)

    def as_ours(q: Question) -> tuple[object, ...]:
        return (q.q, q.label.nl, q.type, q.required, q.article, q.src, q.rule, q.number_known)

    assert {name: as_ours(question) for name, question in OURS.items()} == {f["id"]: published(f) for f in FIELDS}


def test_every_option_is_the_published_one() -> None:
    def published(option: dict[str, Any]) -> tuple[object, ...]:
        marks = (option.get(mark, False) for mark in ("group", "exclusive", "free_text"))
        return (option["id"], TIDIED.get(option["nl"], option["nl"]), option.get("parent"), *marks)

    def as_ours(o: Option) -> tuple[object, ...]:
        return (o.id, o.label.nl, o.parent, o.group, o.exclusive, o.free_text)

    options = {f["id"]: [published(option) for option in f.get("options", ())] for f in FIELDS}
    assert {name: [as_ours(o) for o in question.options] for name, question in OURS.items()} == options


def test_every_condition_is_the_published_one_or_marked_as_ours() -> None:
    published = {f["id"]: f.get("show_if") for f in FIELDS}
    theirs = {q.id: q.condition.text if q.condition and not q.condition_is_ours else None for q in OURS.values()}
    assert theirs == published
    assert {q.id for q in OURS.values() if q.condition_is_ours} == {"informed_content"}


def test_every_published_doubt_is_told_in_both_languages() -> None:
    doubts = {f["id"] for f in FIELDS if "note" in f}
    told = [(q.id, words) for q in OURS.values() for words in (q.note, q.doubt) if words]
    assert doubts <= {name for name, words in told if words.nl and words.en and words.nl != words.en}


def test_published_facts_about_the_form_are_told() -> None:
    assert set(the_form().about) == {"channel", "session_file", "receipt", "no_answer"}
    assert "niet worden verkregen" in the_form().source.nl
    assert "could not be had" in the_form().source.en


def test_everything_speaks_both_languages() -> None:
    words = [w for table in the_form().words.values() for w in table.values()]
    labels = [q.label for q in OURS.values()] + [o.label for q in OURS.values() for o in q.options]
    assert all(w.nl.strip() and w.en.strip() for w in words + labels)
    assert all(q.label.nl != q.label.en for q in OURS.values() if q.id not in {"sector"})


def test_states_and_marks_have_their_words() -> None:
    words = the_form().words
    assert set(words["states"]) == set(State)
    assert set(words["required"]) == {q.required for q in OURS.values()}


def test_every_type_of_question_can_be_read() -> None:
    assert {q.type for q in OURS.values()} == {"single", "multi", *READERS}


def test_the_vocabulary_of_facts_fits_the_options() -> None:
    def options(name: str) -> set[str]:
        return {option.id for option in OURS[name].options}

    assert set(vocabulary.NATURES) == options("nature_of_breach")
    assert set(vocabulary.GROUPS) == options("groups")
    assert set(vocabulary.DATA_GENERAL) <= options("data_general")
    assert set(vocabulary.DATA_SPECIAL) == options("data_special")
    assert set(vocabulary.DATA_FILED_UNDER_OTHER) == {"other", *the_form().words["other_data"]}


def test_the_severity_is_the_ap_s_own_scale() -> None:
    scales = PUBLISHED["severity_vocabularies"]
    assert [o.label.nl for o in OURS["severity"].options] == scales["ap"]
    assert not {o.id for o in OURS["severity"].options} & set(scales["enisa_2013"])


@pytest.mark.parametrize(
    ("text", "given", "holds"),
    [
        *[("a", {"a": True}, True), ("a", {"a": False}, False), ("a", {}, False), ("a", {"a": ("x",)}, True)],
        *[("not a", {"a": True}, False), ("not a", {"a": False}, True), ("not a", {}, True)],
        *[("a == x", {"a": "x"}, True), ("a == x", {"a": "y"}, False), ("a == x", {}, False)],
        *[("a in [x, y]", {"a": "y"}, True), ("a in [x, y]", {"a": ("z",)}, False)],
        *[("x in a", {"a": ("x", "y")}, True), ("x in a", {"a": ("y",)}, False), ("x in a", {}, False)],
        *[("a >= b", {"a": "2026", "b": "2025"}, False), ("a >= b", {}, False)],
    ],
)
def test_a_condition_holds_for_the_answers_that_it_names(text: str, given: dict[str, object], holds: bool) -> None:
    assert read_condition(text).holds(given) is holds


@pytest.mark.parametrize("text", ["", "__import__('os')", "a or b", "a in [x", "a == x == y", "a()"])
def test_a_condition_is_never_run(text: str) -> None:
    with pytest.raises(ConditionUnreadable):
        read_condition(text)


def test_a_condition_leans_only_on_what_comes_before() -> None:
    words = {"nl": "x", "en": "x"}
    question = {**words, "id": "a", "type": "text", "required": "opt", "src": "K", "show_if": "later"}
    tables = {table: {} for table in ("states", "required", "faults", "texts", "other_data", "roles")}
    chapter = {**words, "id": "c", "nr": 1, "questions": [question]}
    with pytest.raises(ValueError, match="a leans on later"):
        read_form({"chapters": [chapter], "source": words, "about": [], **tables})


def test_a_number_without_a_source_is_unknown() -> None:
    assert not Question("x", "c", Words("x", "x"), "text", "opt", "K").number_known
