"""Regulation 1182/71 Art. 3(5): two working days in every period of two days or more. Disputed for hours.

It never moves a moment: Bavaria's public-sector authority (2019) and the LDI of North Rhine-Westphalia (2024) deny
it for periods in hours, Piltz and Pradel (ZD 2019) argue for it. What is counted here is only text for the reasons
of a delay. Standard library only; the holidays are handed in.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from workflows.law.periods import AMSTERDAM, in_utc

DAY = timedelta(days=1)
TWO_DAYS = 2 * DAY
SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """How many working days a period touches, and how many lie wholly inside it.

    `lenient_touch` and `lenient_full` are where the period would end with the second of such days, in UTC; None
    where it has two already, or is shorter than two days, to which Art. 3(5) does not speak.
    """

    touched: int
    full: int
    lenient_touch: datetime | None
    lenient_full: datetime | None


def working_days(
    counted_from: datetime, due_at: datetime, holidays: Collection[date], zone: ZoneInfo = AMSTERDAM
) -> WorkingDays:
    """Reg. 1182/71 Art. 2(2), 3(5): every local day but holidays, Saturdays and Sundays, from `counted_from` up to
    `due_at`.

    Raises MomentWithoutZone; OverflowError past the year 9999.
    """
    counted_from, due_at = in_utc(counted_from), in_utc(due_at)
    days = list(_touched(counted_from, due_at, holidays, zone))
    full = [day for day in days if _begin(day, zone) >= counted_from and _begin(day + DAY, zone) <= due_at]
    if due_at - counted_from < TWO_DAYS:
        return WorkingDays(len(days), len(full), None, None)
    after = due_at.astimezone(zone).date()
    begun = _begin(after, zone) == due_at
    more = islice(_from(after if begun else after + DAY, holidays), 2)
    touch = _end_of_second(days, more, zone)
    rest = islice(_from(after, holidays), 2)
    return WorkingDays(len(days), len(full), touch, _end_of_second(full, rest, zone))


def _touched(counted_from: datetime, due_at: datetime, holidays: Collection[date], zone: ZoneInfo) -> Iterator[date]:
    for day in _from(counted_from.astimezone(zone).date(), holidays):
        if _begin(day, zone) >= due_at:
            return
        yield day


def _end_of_second(days: list[date], more: Iterator[date], zone: ZoneInfo) -> datetime | None:
    if len(days) >= 2:
        return None
    second = [*days, *more][1]
    return _begin(second + DAY, zone)


def _from(day: date, holidays: Collection[date]) -> Iterator[date]:
    while True:
        if day.weekday() < SATURDAY and day not in holidays:
            yield day
        day += DAY


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
