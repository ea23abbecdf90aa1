"""A day as people write it. Which of 4-3 is the month is decided once for a column, never for each row."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.reading.outcome import Wrong
from service.reading.values.months import MONTHS, WRITTEN
from service.reading.values.no_value import NOT_APPLICABLE, UNKNOWN
from service.words.whole_numbers import whole_of
from tenants.lines import one_line

DAY_FIRST, MONTH_FIRST = "day-month", "month-day"
ISO = re.compile(r"((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
NUMBERS = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]((?:19|20)[0-9]{2})")
SHORT_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2})")
IN_WORDS = re.compile(rf"([0-9]{{1,2}})[-/ ]*({'|'.join(MONTHS)})\.?(?:[-/ ]*((?:19|20)[0-9]{{2}}|[0-9]{{2}}))?")
SERIAL = re.compile(r"([3-6][0-9]{4})(?:[.,]([0-9]{1,12}))?")
BEFORE_FIRST = datetime(1899, 12, 30)
"""The day that a spreadsheet counts as number 0. It has no time zone, like the days that are counted from it."""
_WEEKDAY = re.compile(
    r"(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|ma|di|wo|do|vr|za|zo|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun)\.?,?\s+"
)


@dataclass(frozen=True)
class Day:
    """A day; None when the cell says that it is not known."""

    on: date | None


def order_of(cells: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the order of day and month in a column, and the cells that can be read both ways when no cell decides."""
    open_cells: list[str] = []
    for cell in cells:
        match = NUMBERS.match(without_weekday(cell)) or SHORT_YEAR.match(without_weekday(cell))
        if not match:
            continue
        first, second = (whole_of(part, 99) or 0 for part in (match[1], match[2]))
        if first > 12 >= second:
            return DAY_FIRST, ()
        if second > 12 >= first:
            return MONTH_FIRST, ()
        if first != second:
            open_cells.append(cell.strip())
    return DAY_FIRST, tuple(dict.fromkeys(open_cells))[:3]


def both_ways(cell: str) -> str:
    """Return a day of numbers written out in both orders: "4-3-2026: 4 maart 2026, 3 april 2026"."""
    match = NUMBERS.match(cell)
    if not match:
        return cell
    (first, second), year = (whole_of(part, 12) for part in (match[1], match[2])), match[3]
    if not (first and second):
        return cell
    return f"{match[0]}: {first} {WRITTEN[second - 1]} {year}, {second} {WRITTEN[first - 1]} {year}"


def without_weekday(cell: str) -> str:
    """Return a cell in small letters without the day of the week before it."""
    text = one_line(cell).casefold()
    return _WEEKDAY.sub("", text, count=1) if text[:1].isalpha() else text


def day_in(cell: str, order: str = DAY_FIRST) -> Day | Wrong:
    """Return the day of a cell; a day without a year is wrong, because nobody can say which year is meant."""
    text = without_weekday(cell)
    if text in UNKNOWN:
        return Day(None)
    if text in NOT_APPLICABLE:
        return Wrong("file.day_not_applicable", "", {"value": cell[:40]})
    text = text.removesuffix("t00:00").removesuffix(" 00:00:00").removesuffix(" 0:00")
    parts = parts_of(text, order)
    if parts is None:
        return Wrong("file.day_unreadable", of_serial_number(text), {"value": cell[:40]})
    return day_of(cell, *parts)


def of_serial_number(text: str) -> str:
    """Return the day, with the time where there is one, of a number as a spreadsheet keeps days: days since 1900 and
    parts of a day; "" for another text. It is a proposal, because the number may be something else."""
    match = SERIAL.fullmatch(text)
    if not match:
        return ""
    at = BEFORE_FIRST + timedelta(days=float(f"{match[1]}.{match[2] or 0}"), seconds=30)
    return f"{at.day}-{at.month}-{at.year}" + (f" {at.hour}:{at.minute:02}" if match[2] else "")


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
