"""Work that failed for one organisation is retried later and later, and logged once and then counted.

Each process keeps this for itself, in memory: what must not be lost stands in PostgreSQL.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

log = logging.getLogger(__name__)
LONGEST_WAIT_S = 60.0
MOST_REMEMBERED = 10_000


@dataclass
class _Fault:
    kind: str
    times: int
    until: float


class Repeats:
    """The faults that a process met and that are not over yet."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._faults: dict[tuple[str, UUID], _Fault] = {}
        self._lock = threading.Lock()

    def apart(self, what: Callable[..., int], organisation: UUID, *more: int | UUID) -> int:
        """Call `what` for this organisation, or this person, with what it needs more, unless it failed a moment ago.

        A fault of one organisation does not stop the others. Returns what `what` returns; 0 when it failed or waits.
        """
        key = what.__name__, organisation
        before = self._faults.get(key)
        if before is not None and self._seconds() < before.until:
            return 0
        try:
            done = what(organisation, *more)
        except Exception as fault:
            self._note(key, fault)
            return 0
        with self._lock:
            self._faults.pop(key, None)
        return done

    def _note(self, key: tuple[str, UUID], fault: Exception) -> None:
        kind = type(fault).__name__
        with self._lock:
            before = self._faults.get(key)
            times = before.times + 1 if before is not None and before.kind == kind else 1
            wait = min(2.0 ** min(times - 1, 10), LONGEST_WAIT_S)
            if len(self._faults) >= MOST_REMEMBERED:
                self._faults.clear()
            self._faults[key] = _Fault(kind, times, self._seconds() + wait)
        about = {"step": key[0], "organisation_id": key[1], "kind": kind, "attempt": times}
        if times == 1:
            log.error("not done for an organisation", extra=about, exc_info=fault)
        elif str(times).strip("0") == "1":  # 10, 100, 1000
            log.error("still not done for an organisation", extra=about)
