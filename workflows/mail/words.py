"""Short words and moments inside a mail, in the organisation's language."""

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files

from babel.dates import format_datetime, get_timezone

ZONE = "Europe/Amsterdam"


def word(key: str, locale: str) -> str:
    """A word or half sentence by its key, from texts/{nl,en}/words.toml. Raises KeyError."""
    return _words(locale)[key]


def local_moment(moment: datetime, locale: str) -> str:
    """A moment in local time: "zaterdag 21 november 2026, 08:40"."""
    return format_datetime(moment, "EEEE d MMMM y, HH:mm", tzinfo=get_timezone(ZONE), locale=locale)


@cache
def _words(locale: str) -> dict[str, str]:
    return tomllib.loads((files("workflows.mail") / "texts" / locale / "words.toml").read_text("utf-8"))
