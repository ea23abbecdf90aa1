"""A day with a time as people write it. A day alone is no moment, nor is midnight: a spreadsheet writes it where
somebody typed a day alone."""

import re
from dataclasses import dataclass
from datetime import datetime

from service.reading.outcome import Wrong
from service.reading.values.day import Day, day_written, of_serial_number
from service.reading.values.day_order import DAY_FIRST
from service.reading.values.no_value import UNKNOWN
from service.reading.values.weekday import parted
from service.words.whole_numbers import whole_of
from workflows.law.moments import MomentDoesNotExist, MomentIsTwice, MomentUnreadable, read_local
from workflows.law.periods import AMSTERDAM

LONGEST = 60
"""The most characters of a cell that is read."""
_TIMED = re.compile(
    r"(?P<day>.+?)(?:\s+om\s+|\s+at\s+|,?\s+|t)(?P<hour>[01]?[0-9]|2[0-3])\s?[:.uh]\s?(?P<minute>[0-5][0-9])"
    r"(?:[:.](?P<second>[0-5][0-9])(?:[.,](?P<fraction>[0-9]{1,6})[0-9]*)?)?\s*(?:uur|u|h|hrs)?\s*"
    r"(?P<offset>z|utc|[+-][0-9]{2}:?[0-9]{2}|\+[0-9]{2})?"
)


@dataclass(frozen=True)
class Moment:
    """A moment, aware, in UTC; None when the cell says that it is not known."""

    at: datetime | None


def moment_in(cell: str, order: str = DAY_FIRST) -> Moment | Wrong:
    """Return the moment of a cell. An hour that the clock passed twice is wrong, and both spellings are said."""
    (named, text), values = parted(cell[:LONGEST]), {"value": cell[:60]}
    if text in UNKNOWN:
        return Moment(None)
    timed = _TIMED.fullmatch(text)
    day = day_written(cell, timed["day"] if timed else text, named, order)
    if day is None:
        return Wrong("csv.moment_unreadable", of_serial_number(text), values)
    if isinstance(day, Wrong):
        clock = f" {timed['hour']}:{timed['minute']}{_seconds(timed)}" if timed else ""
        return Wrong(day.key, f"{day.proposal}{clock}" if day.proposal else "", {**day.values, **values})
    is_midnight = timed and whole_of(timed["hour"] + timed["minute"] + (timed["second"] or ""), 999999) == 0
    return _at(day, timed, values) if timed and not is_midnight else Wrong("csv.moment_without_time", "", values)


def local_day_in(cell: str, order: str = DAY_FIRST) -> Day | Wrong | None:
    """Return the day in the Netherlands of a moment with an offset, also at midnight; None for a cell without one."""
    (named, text), values = parted(cell[:LONGEST]), {"value": cell[:60]}
    timed = _TIMED.fullmatch(text)
    day = day_written(cell, timed["day"], named, order) if timed and timed["offset"] else None
    if timed is None or day is None or isinstance(day, Wrong):
        return day
    moment = _at(day, timed, values)
    return moment if isinstance(moment, Wrong) else Day(moment.at and moment.at.astimezone(AMSTERDAM).date())


def _at(day: Day, timed: re.Match[str], values: dict[str, str]) -> Moment | Wrong:
    offset = (timed["offset"] or "").upper().replace("UTC", "Z").replace(":", "")
    offset = f"{offset[:3]}:{offset[3:] or '00'}" if offset[1:] else offset
    try:
        return Moment(read_local(f"{day.on}T{timed['hour']:0>2}:{timed['minute']}{_seconds(timed)}{offset}"))
    except MomentIsTwice as twice:
        seconds = "seconds" if twice.first.second else "minutes"
        first, second = (at.astimezone(AMSTERDAM).isoformat(" ", seconds) for at in (twice.first, twice.second))
        return Wrong("csv.moment_is_twice", "", values | {"first": first, "second": second})
    except (MomentUnreadable, MomentDoesNotExist) as refusal:
        return Wrong("csv.moment_unreadable" if refusal.key == "moment.unreadable" else refusal.key, "", values)


def _seconds(timed: re.Match[str]) -> str:
    """Return the seconds of a time as they are written behind its minutes; a moment is never rounded."""
    fraction = f".{timed['fraction']}" if timed["fraction"] else ""
    return f":{timed['second']}{fraction}" if timed["second"] else ""
