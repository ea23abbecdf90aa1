"""A filled form as plain values to keep, and as it is read again: later facts do not change what was sent.

Standard library only. Each question that was asked is kept by its id, with the state and value of its answer.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflows.law.ap_form import FilledChapter, FilledForm, FilledQuestion
from workflows.law.ap_form.answers import MISSING, Answer, State
from workflows.law.ap_form.model import Question, Words, the_form

WORDS = "words"
"""The key that marks a sentence in both languages, because an answer can be a mapping itself."""


def to_keep(form: FilledForm) -> dict[str, Any]:
    """Return the answers to the questions that the form asks, by id, in values that JSON has."""
    return {filled.question.id: _kept(filled) for filled in form.shown}


def read_kept(kept: Mapping[str, Any]) -> FilledForm:
    """Return the form that `to_keep` kept; a question that it does not have was not asked."""
    return FilledForm(tuple(
        FilledChapter(chapter, tuple(_read(question, kept.get(question.id)) for question in chapter.questions))
        for chapter in the_form().chapters
    ))  # fmt: skip


def _kept(filled: FilledQuestion) -> dict[str, Any]:
    texts = {option: _plain(text) for option, text in filled.answer.texts.items()}
    return {"state": filled.state.value, "value": _plain(filled.value), "texts": texts, "fault": filled.fault}


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        return {WORDS: [value.nl, value.en]}
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _read(question: Question, kept: Mapping[str, Any] | None) -> FilledQuestion:
    if kept is None:
        return FilledQuestion(question, False, MISSING)
    texts = {option: Words(*text[WORDS]) for option, text in kept["texts"].items()}
    answer = Answer(State(kept["state"]), _value(question, kept["value"]), texts)
    return FilledQuestion(question, True, answer, kept["fault"])


def _value(question: Question, value: Any) -> Any:
    if isinstance(value, Mapping) and WORDS in value:
        return Words(*value[WORDS])
    if isinstance(value, str) and question.type in READERS:
        return READERS[question.type](value)
    return tuple(value) if isinstance(value, list) else value


READERS = {"date": date.fromisoformat, "datetime": datetime.fromisoformat}
"""How a kept text becomes a day or a moment again, per type of question."""
