"""The clock process deletes what lapsed: once a minute, in small sets, and at once again while more is left."""

import time

from tenants.retention import end_lapsed

LOT, EVERY_S = 1000, 60.0
_next: dict[str, float] = {}


def end_in_time(lot: int = LOT) -> int:
    """Delete lapsed rows once a minute; called each second. Returns how many rows were deleted."""
    if time.monotonic() < _next.get("at", 0.0):
        return 0
    gone = end_lapsed(lot)
    is_more = any(rows >= lot for rows in gone.values())
    _next["at"] = 0.0 if is_more else time.monotonic() + EVERY_S
    return sum(gone.values())


def end_now() -> None:
    """Let the next call of `end_in_time` delete at once, for a clock process that starts, and for tests."""
    _next.clear()
