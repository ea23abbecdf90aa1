"""Moments as the reader writes them, in local time. A text always has the year; a page leaves out the year of now.

On a page the year of now is there for paper only: a print is kept for years.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime
from markupsafe import Markup

from service.words.texts import locale, t
from workflows.law.periods import AMSTERDAM

IN_TEXT = {
    "full": "EEEE d MMMM y, HH:mm", "whole": "EEEE d MMMM y HH:mm", "day": "d MMMM y",
    "second": "d MMMM y HH:mm:ss", "time": "HH:mm",
    "weekday": "EEE d MMM", "hour": "HH",
}  # fmt: skip
ON_PAGE = {"short": ("EEE d MMM", " HH:mm"), "long": ("EEEE d MMMM", ", HH:mm")}
"""For each style of a page: what stands before the year, and what behind it."""
HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
IN_DAYS = 72 * HOUR
"""Above this, lateness is told in whole days."""


@dataclass(frozen=True)
class MomentOnPage:
    """A moment whose year stands on paper always, and on the screen when it is another year than now."""

    before: str
    year: str
    after: str
    is_this_year: bool

    def __str__(self) -> str:
        return f"{self.before}{'' if self.is_this_year else f' {self.year}'}{self.after}"

    def __html__(self) -> str:
        year = Markup('<span class="year"> {}</span>') if self.is_this_year else Markup(" {}")
        return Markup("{}{}{}").format(self.before, year.format(self.year), self.after)


def local_moment(moment: datetime, style: str = "full") -> str:
    """Return a moment in local time for a text. `style`: full, whole (both with the day of the week), second, day or
    time."""
    return _written(moment, IN_TEXT[style])


def moment_on_page(moment: datetime, style: str, now: datetime) -> MomentOnPage | str:
    """Return a moment in local time for a page. `style`: short, long, or one of those of a text."""
    if style in IN_TEXT:
        return local_moment(moment, style)
    before, after = ON_PAGE[style]
    year, this_year = (_written(at, "y") for at in (moment, now))
    return MomentOnPage(_written(moment, before), year, _written(moment, after), year == this_year)


def time_left(until: datetime, now: datetime) -> str:
    """Return the hours and minutes until a moment, or since it passed; whole days when it is later than 72 hours.

    What is left of a minute or a day is never rounded up.
    """
    left = until - now
    if -left > IN_DAYS:
        return t("time.late_days", days=-left // A_DAY)
    minutes = int(abs(left) / timedelta(minutes=1))
    return t("time.left" if left > timedelta() else "time.late", hours=minutes // 60, minutes=f"{minutes % 60:02d}")


def in_words(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a text mentions, with moments and days as the reader writes them."""
    return {name: _in_words(value) for name, value in values.items()}


def _in_words(value: Any) -> Any:
    if isinstance(value, datetime):
        return local_moment(value, "whole")
    return day_in_words(value) if isinstance(value, date) else value


def day_in_words(day: date) -> str:
    """Return a day with its weekday: "donderdag 3 december 2026"."""
    return format_date(day, "EEEE d MMMM y", locale())


def local_in_words(moment: datetime) -> str:
    """Return a moment that is in local time already, without an offset: "donderdag 3 december 2026, 14:05"."""
    clock = "%H:%M:%S" if moment.second else "%H:%M"
    return f"{day_in_words(moment.date())}, {moment:{clock}}"


def _written(moment: datetime, pattern: str) -> str:
    return _formatted(moment, pattern, locale())


@lru_cache(maxsize=10_000)
def _formatted(moment: datetime, pattern: str, language: str) -> str:
    """Return the moment in this language; kept, because a board that stays open shows the same ones again and again."""
    return format_datetime(moment, pattern, tzinfo=AMSTERDAM, locale=language).replace(".", "")
