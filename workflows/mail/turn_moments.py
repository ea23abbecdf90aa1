"""When the people who can do a waiting step are told: when it begins to wait, and three times again while nobody acts.

With a term: at a quarter, half and three quarters of what was left of it when the step began to wait. Without a term,
or after its end: one, two and three days later, and then no more, because who did not act on four mails does not act on
a fifth, and the step stays on the overview. On a day on which nobody of the organisation is there none comes: it comes
on the last day before, and a term that ends on such a day is told of on that day too. The reminders of the clock do
come on such a day, because the term runs on: so that nobody misses them, people are told on the last day before as
well (workflows/closed_days.py).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.closed_days import ALWAYS_OPEN, ClosedDays, last_calls, told_when_open

TIMES = 4
A_DAY = timedelta(days=1)
AT_LEAST = timedelta(hours=1)
"""The shortest time between two of these mails. The last hours of a term have reminders of their own."""


@dataclass(frozen=True)
class Moment:
    """The last moment that came, by its number (0: the step began to wait), and when the next one comes, if any."""

    occasion: int
    next_at: datetime | None


def turn_moments(
    began: datetime, ends: datetime | None, closed: ClosedDays = ALWAYS_OPEN, reminders: Collection[datetime] = ()
) -> tuple[datetime, ...]:
    """Return the moments to tell about a step that waits since `began`, whose term ends at `ends`; both are aware.

    `reminders`: when the clock of that term reminds people by itself, also on closed days.
    """
    apart = (ends - began) / TIMES if ends is not None and ends > began else A_DAY
    moments = [began + nth * apart for nth in range(TIMES if apart >= AT_LEAST else 1)]
    mails = told_when_open(moments, began, ends, closed)
    before_end = [moment for moment in reminders if ends is not None and moment < ends]
    return _at_least_apart(tuple(sorted({*mails, *last_calls(before_end, mails, began, closed)})))


def moment_at(
    now: datetime, began: datetime, ends: datetime | None, closed: ClosedDays = ALWAYS_OPEN,
    reminders: Collection[datetime] = (),
) -> Moment:  # fmt: skip
    """Return which of the moments came last by `now`, and the next one. Moments that were missed are one occasion."""
    moments = turn_moments(began, ends, closed, reminders)
    later = [moment for moment in moments if moment > now]
    return Moment(max(len(moments) - len(later) - 1, 0), later[0] if later else None)


def _at_least_apart(moments: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """Return the moments without those that come less than AT_LEAST after the one before."""
    kept: list[datetime] = []
    for moment in moments:
        if not kept or moment - kept[-1] >= AT_LEAST:
            kept.append(moment)
    return tuple(kept)
