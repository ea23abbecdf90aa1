"""Turns answers between the fields of a page and the AP's form. An answer that nobody changed is not sent on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from service.schemas.fields import MOST_PEOPLE
from service.schemas.unread import Unread
from service.typed.moments import PARTS as PARTS_OF_A_MOMENT
from service.typed.moments import day_of, moment_of
from service.web.forms import Form
from service.web.layout import local_input
from service.words.whole_numbers import typed_whole
from tenants.errors import Invalid, ManyInvalid
from workflows.law.ap_form import FilledForm, FilledQuestion
from workflows.law.ap_form.answers import SAYABLE, State
from workflows.law.ap_form.model import Question, Words
from workflows.law.ap_form.values import ADDRESS_PARTS, CONTACT_PARTS

LINES = ("text_list", "multi_country", "files")
DATED = {"date": lambda typed, name: day_of(typed.get(name, "")), "datetime": moment_of}
PARTS = {"contact": CONTACT_PARTS, "address": ADDRESS_PARTS}
ORGANISATIONS = "list_of(name+role)"
BLANK_ROWS, MOST_ORGANISATIONS = 2, 100
SAID = tuple(state.value for state in SAYABLE)


def form_of(filled: FilledForm) -> Form:
    """Return the fields of the form with the answers that it has."""
    return Form(MultiDict(pair for filled_question in filled.shown for pair in _typed(filled_question)))


def _typed(filled: FilledQuestion) -> list[tuple[str, str]]:
    """Return the fields of one question: its own, its state, and the text after "namely"."""
    name, value = filled.question.id, filled.answer.value
    if filled.state in SAYABLE:
        return [(f"{name}.state", filled.state.value)]
    texts = [(f"{name}.text.{option}", _plain(text)) for option, text in filled.answer.texts.items()]
    return [*_fields(filled.question, name, value), *texts]


def _fields(question: Question, name: str, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if question.type == ORGANISATIONS:
        return [(f"{name}.{n}.{part}", row[part]) for n, row in enumerate(value) for part in ("name", "role")]
    if isinstance(value, Mapping):
        return [(f"{name}.{part}", text) for part, text in value.items()]
    if question.type in LINES:
        return [(name, "\n".join(value))]
    if isinstance(value, tuple):
        return [(name, str(part)) for part in value]
    return [(f"{name}.{ADDRESS_PARTS[0]}" if question.type == "address" else name, _plain(value))]


def _plain(value: Any) -> str:
    if isinstance(value, Words):
        return value.nl
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return local_input(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def changed_answers(typed: MultiDict[str, str], shown: MultiDict[str, str], filled: FilledForm) -> dict[str, Any]:
    """Return the answers that somebody changed, by question; None for an answer that was removed."""
    questions = [filled_question.question for filled_question in filled.shown]
    asked = [question for question in questions if f"{question.id}.asked" in typed]
    return {
        question.id: _answer(question, typed) for question in asked
        if standing(typed, question) != standing(shown, question)
    }  # fmt: skip


def refuse_long_lists(changed: Mapping[str, Any], filled: FilledForm) -> None:
    """Raise ManyInvalid with each list of organisations that is longer than a page shows, at its question."""
    asked = [shown.question.id for shown in filled.shown if shown.question.type == ORGANISATIONS]
    long = [name for name in asked if len(changed.get(name) or ()) > MOST_ORGANISATIONS]
    if long:
        most = MOST_ORGANISATIONS
        raise ManyInvalid([Invalid("field.too_many_rows", f"answers.{name}", most=most, shown=most) for name in long])


def refuse_unread_answers(changed: Mapping[str, Any]) -> None:
    """Raise ManyInvalid with each answer that is a day or a moment and cannot be read, at its question."""
    unread = {name: value for name, value in changed.items() if isinstance(value, Unread)}
    if unread:
        raise ManyInvalid([
            Invalid(str(key), f"answers.{name}", **key.values) for name, value in unread.items() for key in value.faults
        ])  # fmt: skip


def standing(typed: MultiDict[str, str], question: Question) -> list[tuple[str, str]]:
    """Return what the fields of this question hold, in order; blanks and headings are no answer."""
    name = question.id
    moment = {name, *(f"{name}{part}" for part in PARTS_OF_A_MOMENT)} if question.type in DATED else set()
    mine = [
        (key, " ".join(value.split())) for key, value in typed.items(multi=True)
        if (key == name or key.startswith(f"{name}.")) and key not in {f"{name}.asked", *moment}
    ]  # fmt: skip
    mine += [(name, _value(question, typed) or "")] if moment else []
    headings = {option.id for option in question.options if option.group}
    return sorted(pair for pair in mine if pair[1] and not (pair[0] == name and pair[1] in headings))


def _answer(question: Question, typed: MultiDict[str, str]) -> Any:
    said = typed.get(f"{question.id}.state", "")
    if said in SAID:
        return {"state": said}
    value = _value(question, typed)
    texts = {
        option.id: typed.get(f"{question.id}.text.{option.id}", "").strip()
        for option in question.options if option.free_text
    }  # fmt: skip
    namely = {name: text for name, text in texts.items() if text and name in typed.getlist(question.id)}
    return {"value": value, "state": State.FILLED.value, "text": namely} if namely else value


def _value(question: Question, typed: MultiDict[str, str]) -> Any:
    name, kind = question.id, question.type
    text = typed.get(name, "").strip()
    if kind in DATED:
        return DATED[kind](typed, name) or None
    if kind == "multi":
        return typed.getlist(name) or None
    if kind in LINES:
        return [line.strip() for line in text.splitlines() if line.strip()] or None
    if kind in PARTS:
        return {part: said for part in PARTS[kind] if (said := typed.get(f"{name}.{part}", "").strip())} or None
    if kind == ORGANISATIONS:
        return _rows(name, typed) or None
    if kind == "bool":
        return {"yes": True, "no": False}.get(text)
    number = typed_whole(text, MOST_PEOPLE) if kind == "integer" else None
    return (text or None) if number is None else number


def _rows(name: str, typed: MultiDict[str, str]) -> list[dict[str, str]]:
    rows = [
        {part: typed.get(f"{name}.{n}.{part}", "").strip() for part in ("name", "role")}
        for n in range(len(typed))
        if f"{name}.{n}.name" in typed
    ]
    return [row for row in rows if row["name"]]
