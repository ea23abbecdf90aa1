"""Reads the moments that people write. A local time that never was is refused; for one that occurred twice the person
is asked.

Standard library only. Every moment comes back aware, in UTC. Each refusal is a ValueError with a message key.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflows.law.periods import AMSTERDAM

# Stricter than fromisoformat, which takes a bare day for midnight, and week numbers, which people do not mean here.
_WRITTEN = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)


class MomentUnreadable(ValueError):
    """A text that is no day with a time such as 2026-11-21T08:40; carries `text`."""

    key = "moment.unreadable"

    def __init__(self, text: str) -> None:
        super().__init__(f"not a day and time such as 2026-11-21T08:40: {text!r}")
        self.text = text


class ZoneUnknown(ValueError):
    """A name that is no time zone; carries `zone`."""

    key = "moment.zone_unknown"

    def __init__(self, zone: str) -> None:
        super().__init__(f"no such time zone: {zone!r}")
        self.zone = zone


class MomentDoesNotExist(ValueError):
    """A local time that the clock skipped in spring; carries `text` and `zone`."""

    key = "moment.does_not_exist"

    def __init__(self, text: str, zone: str) -> None:
        super().__init__(f"{text} does not exist in {zone}: the clock skipped it")
        self.text, self.zone = text, zone


class MomentIsTwice(ValueError):
    """A local time that occurred twice in autumn; carries both instants, `first` and `second`."""

    key = "moment.is_twice"

    def __init__(self, text: str, zone: str, first: datetime, second: datetime) -> None:
        super().__init__(f"{text} exists twice in {zone}: say the first (fold 0) or the second (fold 1)")
        self.text, self.zone, self.first, self.second = text, zone, first, second


class MomentInFuture(ValueError):
    """A moment of something that has happened lies in the future; carries `moment` and `now`."""

    key = "moment.in_future"

    def __init__(self, moment: datetime, now: datetime) -> None:
        super().__init__(f"{moment.isoformat()} is in the future")
        self.moment, self.now = moment, now


def read_local(text: str, zone: str = AMSTERDAM.key, fold: int | None = None) -> datetime:
    """Return the instant that `text` means, in UTC.

    Takes `2026-11-21T08:40` (or a space, or seconds) as local time in `zone`, and the same with an offset or Z, which
    then decides and leaves `zone` and `fold` unused. `fold` 0 or 1 picks a pass of an hour that is twice.

    Raises MomentUnreadable, ZoneUnknown, MomentDoesNotExist, MomentIsTwice.
    """
    written = _read(text.strip())
    if written.tzinfo is not None:
        return _in_utc(written, text)
    place = read_zone(zone)
    first, second = (_in_utc(written.replace(tzinfo=place, fold=f), text) for f in (0, 1))
    if first.astimezone(place).replace(tzinfo=None) != written:
        raise MomentDoesNotExist(text, zone)
    if first == second or fold == 0:
        return first
    if fold == 1:
        return second
    raise MomentIsTwice(text, zone, first, second)


def refuse_future(moment: datetime, now: datetime) -> None:
    """Raise MomentInFuture when `moment` is after `now`, the caller's clock. Both are aware."""
    if moment > now:
        raise MomentInFuture(moment, now)


def _read(text: str) -> datetime:
    if not _WRITTEN.fullmatch(text):
        raise MomentUnreadable(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise MomentUnreadable(text) from error


def _in_utc(moment: datetime, text: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise MomentUnreadable(text) from error


def read_zone(name: str) -> ZoneInfo:
    """Return the time zone of this name. Raises ZoneUnknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneUnknown(name) from error
