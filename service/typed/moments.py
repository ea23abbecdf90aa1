"""The moments of a form. The page has two fields, `found_at.day` and `found_at.time`; a program may send `found_at`."""

from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from service.schemas.unread import Unread
from service.words.moments import day_in_words, local_in_words
from service.words.typed_moments import day_to_type, read_day, typed_moment
from tenants.errors import Invalid

DAY, TIME = ".day", ".time"
PARTS = (DAY, TIME)


def moment_of(typed: MultiDict[str, str], name: str) -> str:
    """Return the local moment of this field, as in ISO 8601; blank when nothing was typed.

    What cannot be read comes back as it was typed (Unread), for its schema to refuse at the field.
    """
    day, clock = (typed.get(f"{name}{part}", "").strip() for part in PARTS)
    if not day and not clock:
        return typed.get(name, "")
    try:
        return typed_moment(day, clock)
    except Invalid as refusal:
        return Unread(f"{day} {clock}".strip(), refusal)


def day_of(text: str) -> str:
    """Return the day that was typed, as in ISO 8601; blank, or as it was typed (Unread), as in `moment_of`."""
    if not text.strip():
        return ""
    try:
        return read_day(text).isoformat()
    except Invalid as refusal:
        return Unread(text, refusal)


def shown_of(typed: MultiDict[str, str], name: str, language: str) -> tuple[str, str]:
    """Return what stands in both fields of a moment: as it was typed, else a known moment in the page's order."""
    if any(f"{name}{part}" in typed for part in PARTS):
        return typed.get(f"{name}{DAY}", ""), typed.get(f"{name}{TIME}", "")
    known = typed.get(name, "")
    try:
        moment = datetime.fromisoformat(known)
    except ValueError:
        return known, ""
    return day_to_type(moment.date(), language), f"{moment:{'%H:%M:%S' if moment.second else '%H:%M'}}"


def day_shown_of(text: str, language: str) -> str:
    """Return what stands in the field of a day: as it was typed, else a known day in the page's order."""
    try:
        return day_to_type(date.fromisoformat(text), language)
    except ValueError:
        return text


def words_of(typed: MultiDict[str, str], name: str, is_day: bool) -> str:
    """Return the day with its weekday, and the time, that was understood; blank when nothing was."""
    read = day_of(typed.get(name, "")) if is_day else moment_of(typed, name)
    if not read or isinstance(read, Unread):
        return ""
    try:
        return day_in_words(date.fromisoformat(read)) if is_day else local_in_words(datetime.fromisoformat(read))
    except ValueError:
        return ""
