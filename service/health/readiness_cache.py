"""Readiness, asked of the database at most once a second. Other requests get the last answer."""

import logging
from threading import Lock
from time import monotonic
from typing import Any

from service.health.readiness import readiness

log = logging.getLogger(__name__)
KEPT_S = 1.0


class CachedReadiness:
    """The last result of this process. One thread asks at a time, and logs each change of readiness."""

    def __init__(self, redis_url: str, kept_s: float = KEPT_S) -> None:
        self.kept_s = kept_s
        self._redis_url = redis_url
        self._lock = Lock()
        self._until = 0.0
        self._last: dict[str, Any] | None = None

    def look(self) -> dict[str, Any]:
        """Return readiness, at most `kept_s` seconds old.

        While one thread asks, other threads get the result before it.
        """
        last = self._last
        if last is not None and (monotonic() < self._until or self._lock.locked()):
            return last
        with self._lock:
            if self._last is None or monotonic() >= self._until:
                self._keep(readiness(self._redis_url))
            assert self._last is not None
            return self._last

    def _keep(self, now: dict[str, Any]) -> None:
        if not now["ready"] and (self._last is None or self._last != now):
            log.warning("not ready", extra={"parts": {name: now[name] for name in now if name != "ready"}})
        self._last, self._until = now, monotonic() + self.kept_s
