"""The days on which nobody of an organisation is there. They move no term: they say when to tell people of one.

Standard library only. Days are those of Amsterdam.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflows.law.periods import AMSTERDAM

DAY = timedelta(days=1)
LONGEST_SEARCH_DAYS = 400
OPENS_AT = time(9)
"""The time of day, in Amsterdam, at which people are told of a term on the last day on which somebody is there."""
LAST_CALL_AT = time(15)
"""The time of that day, in Amsterdam, at which they are told of it where nothing else tells them on that day: after the
morning in which a term begins, and early enough to act on."""


@dataclass(frozen=True)
class ClosedDays:
    """Weekdays (1 is Monday) and periods, each from its first up to and including its last day."""

    weekdays: frozenset[int] = frozenset()
    periods: tuple[tuple[date, date], ...] = ()

    def holds(self, day: date) -> bool:
        """Whether nobody is there on this day."""
        return day.isoweekday() in self.weekdays or any(first <= day <= last for first, last in self.periods)

    def at(self, moment: datetime) -> bool:
        """Whether nobody is there on the local day of this aware moment."""
        return self.holds(moment.astimezone(AMSTERDAM).date())

    def last_open_before(self, moment: datetime) -> date | None:
        """Return the last day before the local day of this moment on which somebody is there; None when there is none
        within LONGEST_SEARCH_DAYS days."""
        day = moment.astimezone(AMSTERDAM).date()
        before = (day - nth * DAY for nth in range(1, LONGEST_SEARCH_DAYS + 1))
        return next((other for other in before if not self.holds(other)), None)


ALWAYS_OPEN = ClosedDays()


def closed_days(weekdays: Iterable[int], periods: Iterable[Mapping[str, str]]) -> ClosedDays:
    """Return the days as the settings of an organisation keep them: periods with `first` and `last` in ISO form."""
    spans = tuple((date.fromisoformat(span["first"]), date.fromisoformat(span["last"])) for span in periods)
    return ClosedDays(frozenset(weekdays), spans)


def told_when_open(
    moments: Collection[datetime], began: datetime, ends: datetime | None, closed: ClosedDays
) -> tuple[datetime, ...]:
    """Return the moments at which people are told of what waits since `began`, on days on which somebody is there.

    The first moment stays: what begins is told at once. A later one on a closed day comes at OPENS_AT of the last open
    day before; it is left out where that was before `began`. Of a term that ends on a closed day people are told in
    that way too.
    """
    last = {ends} if ends is not None and closed.at(ends) else set[datetime]()
    later = {_when_open(moment, closed) for moment in {*moments, *last} if moment > began}
    return (began, *sorted(moment for moment in later if moment is not None and moment > began))


def _when_open(moment: datetime, closed: ClosedDays) -> datetime | None:
    """Return the moment, or OPENS_AT of the last open day before; None when there is no such day."""
    if not closed.at(moment):
        return moment
    day = closed.last_open_before(moment)
    return None if day is None else datetime.combine(day, OPENS_AT, AMSTERDAM).astimezone(moment.tzinfo)


def last_calls(
    reminders: Collection[datetime], mails: Collection[datetime], began: datetime, closed: ClosedDays
) -> set[datetime]:
    """Return when people are told as well of a term of which a reminder comes on a closed day: at LAST_CALL_AT of the
    last open day before.

    The reminder itself stays, because the term runs on. Nothing is added on a day on which a reminder or one of the
    `mails` comes already, nor before `began`.
    """
    later = {moment for moment in reminders if moment > began}
    before = {closed.last_open_before(moment) for moment in later if closed.at(moment)}
    others = {moment.astimezone(AMSTERDAM).date() for moment in {*later, *mails} - {began}}
    calls = (datetime.combine(day, LAST_CALL_AT, AMSTERDAM) for day in before - others if day is not None)
    return {call.astimezone(began.tzinfo) for call in calls if call > began}
