"""The day of a cell that may have a time too: an old register keeps days, and no clock begins from its times."""

from service.reading.outcome import Wrong
from service.reading.values.day import Day, day_in
from service.reading.values.day_order import DAY_FIRST
from service.reading.values.moment import local_day_in

DIGITS = frozenset("0123456789")


def day_of(cell: str, order: str = DAY_FIRST) -> Day | Wrong:
    """Return the day of a cell; that of a moment with an offset is the day in the Netherlands, however it is written.
    """
    return local_day_in(cell, order) or day_in(_without_time(cell), order)


def _without_time(cell: str) -> str:
    day, _, rest = cell.partition(" ") if " " in cell else cell.partition("T")
    return day if rest[:1] in DIGITS and ":" in rest else cell
