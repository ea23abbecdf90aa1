"""Texts for people: texts by key from translations/, moments and numbers as the reader writes them. Dutch first."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_datetime
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request

from service.words.plurals import form
from tenants.lines import filled_in, isolated
from workflows.law.periods import AMSTERDAM
from workflows.mail.words import OPERATOR, operator_words, word
from workflows.text_files import texts_in

LOCALES = ("nl", "en")
FOLDER = Path(__file__).parents[1] / "translations"
PATTERNS = {
    "short": {"nl": "EEE d MMM HH:mm", "en": "EEE d MMM HH:mm"},
    "long": {"nl": "EEEE d MMMM, HH:mm", "en": "EEEE d MMMM, HH:mm"},
    "whole": {"nl": "d MMMM y HH:mm", "en": "d MMMM y HH:mm"},
    "day": {"nl": "d MMMM y", "en": "d MMMM y"},
    "time": {"nl": "HH:mm", "en": "HH:mm"},
}


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
    if "locale" not in g:
        chosen = request.cookies.get("language")
        accepted = request.accept_languages.best_match(LOCALES, "nl") if request.path.startswith("/api/") else "nl"
        g.locale = chosen if chosen in LOCALES else accepted
    language: str = g.locale
    return language


def t(key: str, /, **values: Any) -> str:
    """Return the text of a key in the reader's language, in the form for the number that it counts.

    Raises KeyError for an unknown key.
    """
    text = form(catalogue(locale()), key, values, locale())
    if OPERATOR in text:
        values["operator"] = operator_words(locale())
    # Text that another person typed may run from right to left; it must not turn the words of our sentence around it.
    said = {name: isolated(value) if type(value) is str else value for name, value in values.items()}
    return filled_in(text, said) if values else text


def in_words(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a text mentions, with moments as the reader writes them."""
    return {
        name: local_moment(value, "whole") if isinstance(value, datetime) else value for name, value in values.items()
    }


def has_text(key: str) -> bool:
    """Return whether there is a text for this key."""
    return key in catalogue(locale())


def local_moment(moment: datetime, style: str = "short") -> str:
    """Return a moment in local time. `style`: short, long, whole (with its year), day or time."""
    return format_datetime(moment, PATTERNS[style][locale()], tzinfo=AMSTERDAM, locale=locale()).replace(".", "")


def time_left(until: datetime, now: datetime) -> str:
    """Return the hours and minutes until a moment, or since it passed, in whole minutes that are never rounded up."""
    left = until - now
    minutes = int(abs(left) / timedelta(minutes=1))
    return t("time.left" if left > timedelta() else "time.late", hours=minutes // 60, minutes=f"{minutes % 60:02d}")


def number(value: int) -> str:
    """Return a number as the reader writes it: 4.100 in Dutch."""
    return format_decimal(value, locale=locale())


def register(app: Flask) -> None:
    """Register the functions with which a template writes texts."""
    app.jinja_env.globals.update(
        t=t, has_text=has_text, locale=locale, local_moment=local_moment, time_left=time_left, number=number,
        utc_now=lambda: datetime.now(UTC),
    )  # fmt: skip
