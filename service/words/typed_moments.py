"""Days and times as people type them in a form: the day before the month, in digits or words, in Dutch or English.

Nothing is guessed: a year of two digits, a day that does not exist and a weekday that differs are refused in words.
The result is written as in ISO 8601, in local time, as the API takes it. It asks neither a database nor a clock.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import TypeVar

from babel.dates import get_day_names, get_month_names

from service.words.whole_numbers import whole_of
from tenants.errors import Invalid, ManyInvalid
from tenants.lines import one_line

Read = TypeVar("Read", date, time)
YEARS = range(1900, 2200)
LONGEST = 60
"""The most characters of a day or a time that are read."""
BY_NUMBER = {"nl": "%d-%m-%Y", "en": "%d/%m/%Y"}
LANGUAGES = ("nl", "en")
DASHES = re.compile("[\u2010-\u2015\u2212]")
DAY_FIRST = re.compile(r"([0-9]{1,2}) ?[-/. ] ?([0-9]{1,2}) ?[-/. ] ?([0-9]{1,6})")
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
IN_ONE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
NO_YEAR = re.compile(r"[0-9]{1,2} ?[-/. ] ?[0-9]{1,2}[-/.]?")
IN_WORDS = re.compile(r"([0-9]{1,2})(?:e|ste|de|st|nd|rd|th)?[-. ]*(?:of )?([a-z]+)\.?[- ]*([0-9]{1,6})?")
MONTH_IN_FRONT = re.compile(r"([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)? ([0-9]{4})")
CLOCK = re.compile(r"([0-9]{1,2})(?:[:.,uh]| uur )([0-9]{2})(?::([0-9]{2}))? ?(?:uur|u|h)?")
CLOCK_IN_ONE = re.compile(r"([0-9]{2})([0-9]{2})(?: ?(?:uur|u|h))?")
WHOLE_HOUR = re.compile(r"([0-9]{1,2}) ?(?:uur|u|h)")
HALF_OF_DAY = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?([ap])\.?m\.?")
WITH_TIME = re.compile(r"(.*?[0-9a-z])(?:,? |[tT](?=[0-9]{2}:))(?:om |at )?([0-9]{1,2}[:.uh][0-9]{2}(?::[0-9]{2})?)")
"""A day with a time behind it, as somebody pastes both at once."""


def _names(of: Callable[..., Mapping[int, str]]) -> dict[str, int]:
    return {
        name.casefold().rstrip("."): number for language in LANGUAGES for width in ("wide", "abbreviated")
        for number, name in of(width, locale=language).items()
    }  # fmt: skip


MONTHS = _names(get_month_names) | {"sept": 9}
WEEKDAYS = _names(get_day_names)


def typed_moment(day: str, clock: str) -> str:
    """Return the local moment, such as 2026-12-03T14:05, of a day and a time as they were typed.

    Raises Invalid, or ManyInvalid when both are wrong or one is missing. A day that was pasted with its time is read
    when no time was typed.
    """
    day, clock = one_line(day), one_line(clock)
    if not clock and (both := WITH_TIME.fullmatch(day[:LONGEST])):
        day, clock = both[1], both[2]
    faults: list[Invalid] = []
    on = _read(read_day, day, "moment.day_missing", faults)
    at = _read(read_time, clock, "moment.time_missing" if on else "moment.time_missing_too", faults)
    if on is None or at is None:
        raise ManyInvalid([Invalid(fault.key, **{"day": on} | fault.values) for fault in faults])
    return f"{on.isoformat()}T{at.isoformat('seconds' if at.second else 'minutes')}"


def _read(reader: Callable[[str], Read], text: str, missing: str, faults: list[Invalid]) -> Read | None:
    """Return what was typed; None when it is missing or wrong, which is added to the faults."""
    try:
        if text:
            return reader(text)
        faults.append(Invalid(missing))
    except Invalid as fault:
        faults.append(fault)
    return None


def read_day(text: str) -> date:
    """Return the day that was typed. Raises Invalid with the key of what is wrong, and the text."""
    words = one_line(text)[:LONGEST]
    weekday, rest = _weekday_of(DASHES.sub("-", words.casefold().replace(",", " ")))
    day = _day_of(rest, words)
    if weekday is not None and weekday != day.weekday():
        raise Invalid("moment.weekday_differs", typed=words, day=day)
    return day


def _weekday_of(words: str) -> tuple[int | None, str]:
    first, _, rest = " ".join(words.split()).partition(" ")
    weekday = WEEKDAYS.get(first.rstrip("."))
    return (weekday, rest) if weekday is not None else (None, f"{first} {rest}".strip())


def _day_of(words: str, typed: str) -> date:
    if match := YEAR_FIRST.fullmatch(words):
        year, month, day = match.groups()
    elif match := DAY_FIRST.fullmatch(words) or IN_ONE.fullmatch(words):
        day, month, year = match.groups()
    elif (match := MONTH_IN_FRONT.fullmatch(words)) and match[1] in MONTHS:
        day, month, year = match[2], str(MONTHS[match[1]]), match[3]
    elif (match := IN_WORDS.fullmatch(words)) and match[2] in MONTHS:
        day, month, year = match[1], str(MONTHS[match[2]]), match[3] or ""
    else:
        raise Invalid("moment.year_missing" if NO_YEAR.fullmatch(words) else "moment.day_unreadable", typed=typed)
    return _calendar_day(_year_of(year, typed), whole_of(month, 99) or 0, whole_of(day, 99) or 0, typed)


def _year_of(text: str, typed: str) -> int:
    year = whole_of(text, YEARS[-1])
    if not text:
        raise Invalid("moment.year_missing", typed=typed)
    if len(text) < len("2026"):
        raise Invalid("moment.year_short", typed=typed)
    if year not in YEARS:
        raise Invalid("moment.year_strange", typed=typed)
    return year or 0


def _calendar_day(year: int, month: int, day: int, typed: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        if month > 12 >= day > 0 and month <= 31 and _exists(year, day, month):
            raise Invalid("moment.month_first", typed=typed, meant=date(year, day, month)) from error
        raise Invalid("moment.day_not_there", typed=typed) from error


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def read_time(text: str) -> time:
    """Return the time that was typed: 14:05, 14.05, 1405, 14u05, 2.05 pm. Raises Invalid, also for 24:00 and for 9,
    which may be a whole hour or one that somebody has not finished."""
    words = one_line(text)[:LONGEST].casefold()
    if match := HALF_OF_DAY.fullmatch(words):
        hour, minute, second = whole_of(match[1], 99) or 0, match[2] or "0", "0"
        hour = hour % 12 + (12 if match[3] == "p" else 0) if 1 <= hour <= 12 else 99
    elif match := CLOCK.fullmatch(words):
        hour, minute, second = whole_of(match[1], 99) or 0, match[2], match[3] or "0"
    elif match := CLOCK_IN_ONE.fullmatch(words) or WHOLE_HOUR.fullmatch(words):
        hour, minute, second = whole_of(match[1], 99) or 0, match[2] if match.re is CLOCK_IN_ONE else "0", "0"
    else:
        key = "moment.time_without_minutes" if (whole_of(words, 24) or 0) in range(1, 24) else "moment.time_unreadable"
        raise Invalid(key, typed=one_line(text)[:LONGEST])
    return _time_of_day(hour, whole_of(minute, 99) or 0, whole_of(second, 99) or 0, text)


def _time_of_day(hour: int, minute: int, second: int, text: str) -> time:
    if (hour, minute, second) == (24, 0, 0):
        raise Invalid("moment.time_24")
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise Invalid("moment.time_unreadable", typed=one_line(text)[:LONGEST]) from error


def day_to_type(day: date, language: str) -> str:
    """Return a day as a field shows it: 03-12-2026 on a Dutch page, 03/12/2026 on an English one."""
    return f"{day:{BY_NUMBER[language]}}"
