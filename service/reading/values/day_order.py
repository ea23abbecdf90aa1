"""Whether a column of days begins with the day or with the month: what all its cells say together.

A number above 12 is a day, and a day of the week says which of both readings is a day of that name. Where no cell
decides, a person is asked; where two cells contradict each other, no cell that can be read both ways is read at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from service.reading.values import weekday
from service.reading.values.months import WRITTEN
from service.words.whole_numbers import whole_of

DAY_FIRST, MONTH_FIRST, MIXED = "day-month", "month-day", "mixed"
OTHER = {DAY_FIRST: MONTH_FIRST, MONTH_FIRST: DAY_FIRST}
MOST_EXAMPLES = 3
NUMBERS = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]((?:19|20)[0-9]{2})(?![0-9])")
SHORT_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2})(?![0-9])")


@dataclass
class Order:
    """The order of a column so far: cells that say one order or the other, and cells that say neither, with the signs
    between their numbers. `of_others`: what the other columns of the file say, where they agree."""

    seen: dict[str, list[str]] = field(default_factory=lambda: {DAY_FIRST: [], MONTH_FIRST: [], MIXED: []})
    signs: dict[str, set[str]] = field(default_factory=lambda: {DAY_FIRST: set(), MONTH_FIRST: set(), MIXED: set()})
    of_others: str | None = None

    def look_at(self, cell: str) -> None:
        """Take in a cell. One that says nothing of the order, such as 4-4-2026, is left out."""
        day, text = weekday.parted(cell)
        match = NUMBERS.match(text) or SHORT_YEAR.match(text)
        if not match:
            return
        read = [order for order in OTHER if weekday.fits(day, day_read(match, order))]
        if len(read) == 2 and match[1].lstrip("0") != match[2].lstrip("0"):
            self._keep(MIXED, cell, text[match.end(1)])
        elif len(read) == 1:
            self._keep(read[0], cell, text[match.end(1)])

    def _keep(self, order: str, cell: str, sign: str) -> None:
        self.signs[order].add(sign)
        cells, text = self.seen[order], cell.strip()
        if len(cells) < MOST_EXAMPLES and text not in cells:
            cells.append(text)

    @property
    def said(self) -> str:
        """The order that the cells say; MIXED when they contradict each other, that of the others or DAY_FIRST when
        none says it."""
        contradicts = self.of_others == DAY_FIRST and bool(self.seen[MIXED])
        if self.seen[MONTH_FIRST] and (self.seen[DAY_FIRST] or contradicts):
            return MIXED
        if self.is_sure:
            return MONTH_FIRST if self.seen[MONTH_FIRST] else DAY_FIRST
        return self.of_others or DAY_FIRST

    @property
    def is_sure(self) -> bool:
        """Whether the cells say one order, and never the other. 12/31/2025 says nothing of 1-3-2025, which another
        program may have written."""
        said = self.signs[DAY_FIRST] or self.signs[MONTH_FIRST]
        return bool(self.seen[DAY_FIRST]) != bool(self.seen[MONTH_FIRST]) and self.signs[MIXED] <= said

    @property
    def unsure(self) -> tuple[str, ...]:
        """Cells that a person is asked about: those that contradict each other, or those that can be read both ways
        where no cell decides, or where a cell decides for the month: it is rare here, and may be a slip."""
        if self.said == MIXED:
            return (*self.seen[DAY_FIRST][:1], *self.seen[MONTH_FIRST][:1], *self.seen[MIXED][:1])
        is_settled = self.is_sure and not self.seen[MONTH_FIRST]
        return () if is_settled else tuple(self.seen[MIXED])


def day_read(match: re.Match[str], order: str) -> date | None:
    """Return the day of a match of NUMBERS or SHORT_YEAR in this order; None when there is no such day."""
    first, second, year = (whole_of(part, 9999) or 0 for part in match.groups())
    day, month = (first, second) if order == DAY_FIRST else (second, first)
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None


def both_ways(cell: str, months: Sequence[str] = WRITTEN) -> str:
    """Return a day of numbers written out in each order in which it is a day of the week that it names: "4-3-2026: 4
    maart 2026, 3 april 2026". `months`: their names, beginning with January."""
    named, text = weekday.parted(cell)
    match = NUMBERS.match(text) or SHORT_YEAR.match(text)
    if not match:
        return cell
    days = [day for order in OTHER if weekday.fits(named, day := day_read(match, order)) and day]
    written = dict.fromkeys(f"{day.day} {months[day.month - 1]} {day.year}" for day in days)
    shown = cell.strip()[: len(cell.strip()) - len(text) + match.end()]
    return f"{shown}: {', '.join(written)}" if written else shown
