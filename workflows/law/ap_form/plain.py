"""The filled form as plain values for the command, the API and the pages: Dutch in the form's terms, English beside it.

Standard library only.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflows.law.ap_form import FilledChapter, FilledForm, FilledQuestion, blocks, changes
from workflows.law.ap_form.model import Option, Words, the_form
from workflows.law.periods import AMSTERDAM


def as_json(form: FilledForm, language: str = "nl") -> dict[str, Any]:
    """Chapters, sums and blocks of a form, with `label` in the language asked and both languages beside it."""
    model = the_form()
    return {
        "chapters": [_chapter(chapter, language) for chapter in form.chapters],
        "sums": form.sums,
        "shown": len(form.shown),
        "blocks": blocks(form),
        "source": model.source.say(language),
        "about": [words.say(language) for words in model.about.values()],
    }


def changes_as_json(before: FilledForm, after: FilledForm, language: str = "nl") -> list[dict[str, Any]]:
    """Return each question that is answered otherwise, as it was `before` and as it is `after`; null where a form does
    not ask it."""
    return [
        {"id": change.id, "before": _asked(before, change.id, language), "after": _asked(after, change.id, language)}
        for change in changes(before, after)
    ]


def _asked(form: FilledForm, question_id: str, language: str) -> dict[str, Any] | None:
    filled = form.question(question_id)
    return _question(filled, language) if filled.shown else None


def _labels(words: Words, language: str) -> dict[str, str]:
    return {"label": words.say(language), "label_nl": words.nl, "label_en": words.en}


def _chapter(filled: FilledChapter, language: str) -> dict[str, Any]:
    hidden = [question for question in filled.questions if not question.shown]
    return {
        "id": filled.chapter.id,
        "nr": filled.chapter.nr,
        **_labels(filled.chapter.label, language),
        "sums": filled.sums,
        "questions": [_question(question, language) for question in filled.shown],
        "hidden": [_hidden(question, language) for question in hidden],
    }


def _hidden(filled: FilledQuestion, language: str) -> dict[str, Any]:
    question = filled.question
    show_if = question.condition.text if question.condition else None
    return {"id": question.id, "q": question.q, **_labels(question.label, language), "show_if": show_if}


def _question(filled: FilledQuestion, language: str) -> dict[str, Any]:
    question, words = filled.question, the_form().words
    return {
        "id": question.id,
        "q": question.q,
        "number_known": question.number_known,
        **_labels(question.label, language),
        "type": question.type,
        "required": question.required,
        "required_label": words["required"][question.required].say(language),
        "article": question.article,
        "src": question.src,
        "show_if": question.condition.text if question.condition else None,
        "condition_is_ours": question.condition_is_ours,
        "options": [_option(option, language) for option in question.options],
        "state": filled.state.value,
        "state_label": words["states"][filled.state].say(language),
        "value": _plain(filled.value),
        "value_label": _value_label(filled, language),
        "texts": {name: text.say(language) for name, text in filled.answer.texts.items()},
        "blocks": list(filled.blocks),
        "fault": words["faults"][filled.fault].say(language) if filled.fault else None,
        "note": question.note.say(language) if question.note else None,
        "doubt": question.doubt.say(language) if question.doubt else None,
    }


def _option(option: Option, language: str) -> dict[str, Any]:
    marks = {"group": option.group, "exclusive": option.exclusive, "free_text": option.free_text}
    return {
        "id": option.id,
        **_labels(option.label, language),
        "parent": option.parent,
        **marks,
        "src": option.src,
        "note": option.note.say(language) if option.note else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        return value.nl
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _value_label(filled: FilledQuestion, language: str) -> Any:
    """Return the text for a person: the labels of options with what stands after "namely", a sentence in the reader's
    language; else the value itself."""
    value, question = filled.value, filled.question
    if isinstance(value, Words):
        return value.say(language)
    labels = {option.id: _chosen(option, filled.answer.texts.get(option.id), language) for option in question.options}
    if labels and value is not None:
        return [labels[name] for name in value] if isinstance(value, tuple) else labels[str(value)]
    if isinstance(value, bool):
        return Words("ja", "yes").say(language) if value else Words("nee", "no").say(language)
    if question.type == "list_of(name+role)" and isinstance(value, tuple):
        return [_role(row, language) for row in value]
    return _plain(value)


def _chosen(option: Option, namely: Words | None, language: str) -> str:
    label = option.label.say(language)
    return f"{label}: {namely.say(language)}" if namely else label


def _role(row: Mapping[str, str], language: str) -> str:
    return f"{row['name']} ({the_form().words['roles'][row['role']].say(language)})"
