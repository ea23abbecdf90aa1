"""Texts for people: texts by key from translations/, numbers as the reader writes them. Dutch first."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal
from flask import g, has_request_context, request
from markupsafe import Markup, escape

from tenants.lines import filled_in, isolated
from workflows.mail.words import OPERATOR, operator_words, word
from workflows.plurals import COUNTED, form
from workflows.text_files import texts_in

LOCALES = ("nl", "en")
FOLDER = Path(__file__).parents[1] / "translations"


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every text of one language by its whole key: the file's name, then the tables inside it."""
    return texts_in(FOLDER / language)


@cache
def spoken(language: str) -> dict[str, str]:
    """Return every text of one language for output without a page, with the operator's name and without contact."""
    name = word("operator", language)
    return {key: text.replace(OPERATOR, name) for key, text in catalogue(language).items()}


def locale() -> str:
    """Return the reader's language: on pages what they chose, else Dutch; for programs what the request accepts."""
    if not has_request_context():
        return "nl"
    language: str | None = g.get("locale")
    if language is None:
        accepted = request.accept_languages.best_match(LOCALES, "nl") if request.path.startswith("/api/") else "nl"
        language = g.locale = chosen_language() or accepted
    return language


def chosen_language() -> str | None:
    """Return the language that was chosen in this browser, if any."""
    chosen = request.cookies.get("language") if has_request_context() else None
    return chosen if chosen in LOCALES else None


def speak(language: str) -> None:
    """Answer this request in this language."""
    g.locale = language


def t(key: str, /, **values: Any) -> str:
    """Return the text of a key in the reader's language, in the form for the number that it counts.

    Raises KeyError for an unknown key.
    """
    language = locale()
    text = form(catalogue(language), key, values, language)
    if OPERATOR in text:
        values["operator"] = operator_words(language)
    if not values:
        return text
    # Text that another person typed may run from right to left; it must not turn the words of our sentence around it.
    said = {name: _said(name, value, language) for name, value in values.items()}
    if any(hasattr(value, "__html__") for value in said.values()):
        return Markup(filled_in(str(escape(text)), {name: escape(value) for name, value in said.items()}))
    return filled_in(text, said)


def _said(name: str, value: Any, language: str) -> Any:
    if type(value) is int and name in COUNTED:
        return _written(value, language)
    return isolated(value) if type(value) is str else value


def has_text(key: str) -> bool:
    """Return whether there is a text for this key."""
    return key in catalogue(locale())


def number(value: int) -> str:
    """Return a number as the reader writes it: 4.100 in Dutch."""
    return _written(value, locale())


@lru_cache(maxsize=10_000)
def _written(value: int, language: str) -> str:
    """Return the number in this language; kept, because every page shows the same small numbers again."""
    written: str = format_decimal(value, locale=language)
    return written
