"""Short words and moments inside a mail, in the organisation's language."""

from datetime import date, datetime
from functools import cache
from importlib.resources import files

from babel.dates import format_date, format_datetime

from workflows.law.periods import AMSTERDAM
from workflows.plurals import form
from workflows.text_files import texts_of

OPERATOR = "{operator}"
"""Where a text names the operator; the name itself stands in words.toml alone."""
_installation = {"operator_contact": ""}


def use_operator_contact(contact: str) -> None:
    """Set how people reach the operator of this installation: an address, a telephone number or a page; may be
    blank."""
    _installation["operator_contact"] = contact


def operator_words(locale: str) -> str:
    """Return words for the operator within a sentence, with how to reach it where that is known."""
    words, contact = _words(locale), _installation["operator_contact"]
    return words["operator_at"].replace("{contact}", contact) if contact else words["operator"]


def with_operator(text: str, locale: str) -> str:
    """Return the text with the operator's words filled in."""
    return text.replace(OPERATOR, operator_words(locale)) if OPERATOR in text else text


def word(key: str, locale: str) -> str:
    """Return a word or half sentence by its key, from texts/{nl,en}/words.toml. Raises KeyError."""
    return with_operator(_words(locale)[key], locale)


def counted(key: str, number: int, locale: str) -> str:
    """Return the words for this many of something, in the form of the language for that number. Raises KeyError."""
    return with_operator(form(_words(locale), key, {"count": number}, locale), locale).format(count=number)


def local_moment(moment: datetime, locale: str) -> str:
    """Return a moment in local time: "zaterdag 21 november 2026, 08:40"."""
    return format_datetime(moment, "EEEE d MMMM y, HH:mm", tzinfo=AMSTERDAM, locale=locale)


def day_words(day: date, locale: str) -> str:
    """Return a day: "21 november 2026"."""
    return format_date(day, "d MMMM y", locale)


@cache
def _words(locale: str) -> dict[str, str]:
    return texts_of(files("workflows.mail") / "texts" / locale / "words.toml")
