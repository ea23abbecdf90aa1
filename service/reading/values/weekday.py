"""The day of the week that people write before a day: it says which day is meant, or that something is wrong."""

import re
from datetime import date

from tenants.lines import one_line

_NAMES = (
    ("maandag", "monday", "ma", "mon"), ("dinsdag", "tuesday", "di", "tues", "tue"),
    ("woensdag", "wednesday", "wo", "wed"), ("donderdag", "thursday", "do", "thurs", "thu"),
    ("vrijdag", "friday", "vr", "vrij", "fri"), ("zaterdag", "saturday", "za", "zat", "sat"),
    ("zondag", "sunday", "zo", "sun"),
)  # fmt: skip
WEEKDAYS = {name: number for number, names in enumerate(_NAMES) for name in names}
"""The number of each day of the week by each of its names, Monday being 0."""
_BEGINS = re.compile(rf"({'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})(?:\.,?|,)?\s+")


def parted(cell: str) -> tuple[int | None, str]:
    """Return the day of the week that a cell begins with, or None, and the rest in small letters."""
    text = one_line(cell).casefold()
    match = _BEGINS.match(text) if text[:1].isalpha() else None
    return (WEEKDAYS[match[1]], text[match.end() :]) if match else (None, text)


def fits(weekday: int | None, day: date | None) -> bool:
    """Return whether a day is on this day of the week; any day is where none is named."""
    return day is not None and weekday in (None, day.weekday())
