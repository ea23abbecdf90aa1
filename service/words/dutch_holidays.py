"""Dutch public holidays for the rules: the holidays package, and a list of days by royal decree that can be edited.

Algemene termijnenwet art. 3: New Year's Day, Good Friday (equated), Easter Monday, King's Day, 5 May, Ascension, Whit
Monday, 25 and 26 December, and days that a royal decree equates with them. They matter for Reg. 1182/71 Art. 3(5)
only, which moves no moment.
"""

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import holidays

SHIPPED = Path(__file__).parent / "extra_holidays.toml"


class HolidaysUnreadable(ValueError):
    """The list of extra days cannot be read, or a day in it lacks its date or its decree. The error has the `file`."""

    key = "holidays.unreadable"

    def __init__(self, file: Path, why: object) -> None:
        super().__init__(f"cannot read the holidays in {file}: {why}")
        self.file = file


def dutch_holidays(years: Iterable[int], extra: Path | None = None) -> frozenset[date]:
    """Return every holiday in these years, and every day of the list `extra` (without it, the list in this package).

    Raises HolidaysUnreadable as `extra_days` does.
    """
    known = holidays.country_holidays("NL", years=list(years), categories=("public", "optional"))
    return frozenset(known) | extra_days(extra or SHIPPED)


def extra_days(file: Path) -> frozenset[date]:
    """Return the days in a list: `[[day]]` with `date` and `decree`.

    Raises HolidaysUnreadable for any other content.
    """
    try:
        listed = tomllib.loads(file.read_text("utf-8")).get("day", [])
    except (OSError, ValueError) as error:
        raise HolidaysUnreadable(file, error) from error
    if not isinstance(listed, list):
        raise HolidaysUnreadable(file, "write each day under [[day]]")
    return frozenset(_day(entry, file) for entry in listed)


def _day(entry: Any, file: Path) -> date:
    day = entry.get("date") if isinstance(entry, dict) else None
    if not isinstance(day, date) or isinstance(day, datetime) or not str(entry.get("decree", "")).strip():
        raise HolidaysUnreadable(file, f"a day needs its date and its decree: {entry!r}")
    return day
