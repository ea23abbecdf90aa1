"""A day as people write it. Which of 4-3 is the month is decided once for a column, never for each row."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.reading.outcome import Wrong
from service.reading.values import weekday
from service.reading.values.day_order import DAY_FIRST, MIXED, NUMBERS, OTHER, SHORT_YEAR, day_read
from service.reading.values.months import MONTHS
from service.reading.values.no_value import BLANK, NOT_APPLICABLE, UNKNOWN
from service.words.whole_numbers import whole_of

ISO = re.compile(r"((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
IN_WORDS = re.compile(rf"([0-9]{{1,2}})[-/ ]*({'|'.join(MONTHS)})\.?(?:[-/ ]*((?:19|20)[0-9]{{2}}|[0-9]{{2}}))?")
SERIAL = re.compile(r"([3-6][0-9]{4})(?:[.,]([0-9]{1,12}))?")
BEFORE_FIRST = datetime(1899, 12, 30)
"""The day that a spreadsheet counts as number 0. It has no time zone, like the days that are counted from it."""


@dataclass(frozen=True)
class Day:
    """A day; None when the cell says that it is not known."""

    on: date | None


def day_in(cell: str, order: str = DAY_FIRST) -> Day | Wrong:
    """Return the day of a cell; a day without a year is wrong, because nobody can say which year is meant."""
    named, text = weekday.parted(cell)
    if text in UNKNOWN:
        return Day(None)
    if text in NOT_APPLICABLE:
        return Wrong("file.day_not_applicable", BLANK, {"value": cell[:40]})
    text = text.removesuffix("t00:00").removesuffix(" 00:00:00").removesuffix(" 0:00")
    day = day_written(cell, text, named, order)
    return day or Wrong("file.day_unreadable", of_serial_number(text), {"value": cell[:40]})


def day_written(cell: str, text: str, named: int | None, order: str) -> Day | Wrong | None:
    """Return the day that a text says, which is the cell or a part of it; None when it is no day. `named`: the day of
    the week that the cell begins with; a day of another name is wrong."""
    numbers = NUMBERS.fullmatch(text) or SHORT_YEAR.fullmatch(text)
    read = {other: on for other in OTHER if numbers and weekday.fits(named, on := day_read(numbers, other))}
    if order == MIXED:
        if len(set(read.values())) > 1 and numbers:
            values = {"value": cell[:40], "first": numbers[1].lstrip("0"), "second": numbers[2].lstrip("0")}
            return Wrong("file.day_both_ways", "", values)
        order = next(iter(read), DAY_FIRST)
    digits = parts_of(text, order)
    if digits is None:
        return None
    day = day_of(cell, *digits)
    turned = read.get(OTHER[order])
    proposal = f"{turned.day}-{turned.month}-{turned.year}" if turned else ""
    if isinstance(day, Wrong):
        return Wrong(day.key, day.proposal or proposal, day.values)
    return day if weekday.fits(named, day.on) else Wrong("file.weekday", proposal, {"value": cell[:40]})


def of_serial_number(text: str) -> str:
    """Return the day, with the time where there is one, of a number as a spreadsheet keeps days: days since 1900 and
    parts of a day; "" for another text. It is a proposal, because the number may be something else."""
    match = SERIAL.fullmatch(text)
    if not match:
        return ""
    at = BEFORE_FIRST + timedelta(days=float(f"{match[1]}.{match[2] or 0}"), milliseconds=500)
    clock = f" {at.hour}:{at.minute:02}" + (f":{at.second:02}" if at.second else "")
    return f"{at.day}-{at.month}-{at.year}" + (clock if match[2] else "")


def parts_of(text: str, order: str) -> tuple[str, str, str] | None:
    """Return year, month and day of a text as digits; the year is "" when it is not there."""
    if iso := ISO.fullmatch(text):
        return iso[1], iso[2], iso[3]
    if numbers := NUMBERS.fullmatch(text) or SHORT_YEAR.fullmatch(text):
        day, month = (numbers[1], numbers[2]) if order == DAY_FIRST else (numbers[2], numbers[1])
        return numbers[3], month, day
    if words := IN_WORDS.fullmatch(text):
        return words[3] or "", str(MONTHS[words[2]]), words[1]
    return None


def day_of(cell: str, year: str, month: str, day: str) -> Day | Wrong:
    """Return the day of these parts, or what is wrong with them."""
    if len(year) != 4:
        proposal = f"{day.lstrip('0')}-{month.lstrip('0')}-20{year}" if year else ""
        return Wrong("file.day_without_year", proposal, {"value": cell[:40]})
    try:
        return Day(date(*(whole_of(part, 9999) or 0 for part in (year, month, day))))
    except ValueError:
        return Wrong("file.day_is_none", "", {"value": cell[:40]})
