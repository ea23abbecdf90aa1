"""Counting hours: Regulation (EEC, Euratom) 1182/71 read strictly, elapsed hours for private law, moved terms.

Standard library only, no clock of its own. Moments are aware datetimes and come back in UTC; a moment without a
zone is refused with MomentWithoutZone. Hours are whole hours.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = timedelta(hours=1)


class MomentWithoutZone(ValueError):
    """A moment without a zone: no period can be counted from it."""

    key = "moment.without_zone"


class HoursNotPositive(ValueError):
    """A period of less than one hour; carries `hours`."""

    key = "hours.not_positive"

    def __init__(self, hours: int) -> None:
        super().__init__(f"hours must be 1 or more, not {hours}")
        self.hours = hours


class MovedTermUnexplained(ValueError):
    """A moved term without its reason or its source; carries `missing`, "reason" or "source"."""

    key = "moved_term.unexplained"

    def __init__(self, missing: str) -> None:
        super().__init__(f"a moved term needs its {missing}")
        self.missing = missing


class TermNotMovedOn(ValueError):
    """A moved term that ends before the term it moves: a move never shortens a term; carries `until` and `due_at`."""

    key = "moved_term.not_later"

    def __init__(self, until: datetime, due_at: datetime) -> None:
        super().__init__(f"a term due at {due_at.isoformat()} cannot be moved to {until.isoformat()}")
        self.until, self.due_at = until, due_at


@dataclass(frozen=True)
class MovedTerm:
    """The authority moved a term (form outage of 7-10 May 2021: to 14 May). `until` is the first moment too late.

    Raises MomentWithoutZone, and MovedTermUnexplained without a reason or a source.
    """

    until: datetime
    reason: str
    source: str

    def __post_init__(self) -> None:
        in_utc(self.until)
        for part in ("reason", "source"):
            if not getattr(self, part).strip():
                raise MovedTermUnexplained(part)


@dataclass(frozen=True)
class Period:
    """One term with its two moments, in UTC.

    `alarm_at` is what people see and are reminded of; `due_at` is the first moment that is late. `agreed` is
    False for the house's own targets, which neither law nor agreement holds anyone to. `moved` says who moved
    the term, and why.
    """

    counted_from: datetime
    alarm_at: datetime
    due_at: datetime
    hours: int
    terms: str
    agreed: bool = True
    moved: MovedTerm | None = None


def strict_period(aware_at: datetime, hours: int, zone: ZoneInfo, terms: str) -> Period:
    """Reg. 1182/71: `hours` in both readings, the hour of awareness read on the wall in `zone`.

    `alarm_at` is the elapsed hours to the minute. `due_at` reads the regulation strictly: the hour in which
    awareness falls is not counted (Art. 3(1)), the period ends with the expiry of its last hour (3(2)(a)),
    weekends and holidays count (3(3)), and hours do not roll over to a working day (3(4)). Elapsed hours over
    clock changes, on which the regulation is silent.

    Raises MomentWithoutZone, HoursNotPositive; OverflowError past the year 9999.
    """
    aware_at, within = in_utc(aware_at), _within(hours)
    counted_from = _next_full_hour(aware_at, zone)
    return Period(counted_from, aware_at + within, counted_from + within, hours, terms)


def elapsed_period(aware_at: datetime, hours: int, terms: str, *, agreed: bool) -> Period:
    """Private law and own targets: elapsed hours, one moment. Raises as strict_period does."""
    aware_at = in_utc(aware_at)
    end = aware_at + _within(hours)
    return Period(aware_at, end, end, hours, terms, agreed)


def moved(period: Period, by: MovedTerm) -> Period:
    """Return the period as the authority moved it: one moment, as announced, with the reason and source kept.

    Raises TermNotMovedOn when that is not later than the period was due.
    """
    until = in_utc(by.until)
    if until <= period.due_at:
        raise TermNotMovedOn(until, period.due_at)
    return replace(period, alarm_at=until, due_at=until, moved=by)


def is_late(submitted_at: datetime, period: Period) -> bool:
    """Reg. 1182/71 Art. 3(2)(a): in time means strictly before `due_at`. Raises MomentWithoutZone."""
    return in_utc(submitted_at) >= period.due_at


def in_utc(moment: datetime) -> datetime:
    """Return the same instant in UTC. Raises MomentWithoutZone."""
    if moment.utcoffset() is None:
        raise MomentWithoutZone(f"{moment} has no zone")
    return moment.astimezone(UTC)


def _within(hours: int) -> timedelta:
    if hours < 1:
        raise HoursNotPositive(hours)
    return hours * HOUR


def _next_full_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    # Read on the wall, summed in UTC: right for zones off by half an hour, and over clock changes.
    local = moment.astimezone(zone)
    into_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment - into_hour + HOUR
