"""The fields of a form that stands on no page any more: the label of each, and which of them a person typed in words.

What they chose goes along in hidden fields, and is no help to somebody who looks for their own text.
"""

import re
from collections.abc import Container, Iterable
from functools import cache

from service.web.forms import is_typed
from service.web.layout import field_name
from service.words.texts import catalogue, locale, t
from workflows.law.ap_form.model import Question, the_form

ASKED, STATE, NAMELY = "asked", "state", "text"
"""Parts of the names of an answer in the AP's form: that it was asked, what is said instead, and the text of an option.
"""
AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LISTS = ("labels.", "severity.")
"""How the keys of the texts begin that name the values of lists."""
SHORTEST = 3
"""The least characters of a text without letters: shorter ones are counts and chosen numbers."""


def texts_typed(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the label and the value of each field in which a person typed words."""
    sent = list(fields)
    names = {name for name, _ in sent}
    texts = ((name, value) for name, value in sent if value.strip() and is_typed(name) and _is_text(name, value, names))
    return [(label_of_field(name, names), value) for name, value in texts]


def label_of_field(name: str, names: Container[str]) -> str:
    """Return what a page calls the field with this name, in a form whose fields have these names.

    A field without a label of its own is called a text.
    """
    question = _question(name, names)
    return (_label_in_ap_form(question, name) if question else field_name(name)) or t("forms.a_text")


def _question(name: str, names: Container[str]) -> Question | None:
    """Return the question of the AP's form that this field answers; None for a field of another form."""
    asked = name.partition(".")[0]
    return _questions().get(asked) if f"{asked}.{ASKED}" in names else None


@cache
def _questions() -> dict[str, Question]:
    return {question.id: question for question in the_form().questions}


def _label_in_ap_form(question: Question, name: str) -> str:
    label, (_, *parts) = question.label.say(locale()), name.split(".")
    option = question.option(parts[1]) if len(parts) > 1 and parts[0] == NAMELY else None
    part = option.label.say(locale()) if option else field_name(".".join(parts)) if parts else ""
    return f"{label}: {part}" if part else label


def _is_text(name: str, value: str, names: Container[str]) -> bool:
    question, parts = _question(name, names), name.split(".")[1:]
    of_page = question is not None and {ASKED, STATE}.intersection(parts)
    is_option = question is not None and question.options and NAMELY not in parts
    return not (of_page or is_option or _is_chosen(value))


def _is_chosen(value: str) -> bool:
    """Return whether this is a value of a list, a number of one or two digits, or an id."""
    if AN_ID.fullmatch(value):
        return True
    has_letters = any(sign.isalpha() for sign in value)
    return value in _words_of_lists() if has_letters else len(value.strip()) < SHORTEST


@cache
def _words_of_lists() -> frozenset[str]:
    """Return every value that a person chooses from a list, which has a label by itself."""
    keys = (key.rpartition(".")[2] for key in catalogue("nl") if key.startswith(LISTS))
    return frozenset(key for key in keys if key.islower())
