"""What providers published, kept for ten minutes, so that many logins send them few requests."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from time import monotonic
from typing import Any

KEPT_S = 600.0
MOST = 500
"""Answers of at most 256 kB each. Those that were used longest ago are removed first."""


class Remembered:
    """The last answers, by the settings and the address. Each process has one."""

    def __init__(self, kept_s: float = KEPT_S, most: int = MOST) -> None:
        self._kept_s, self._most = kept_s, most
        self._answers: OrderedDict[Hashable, tuple[float, dict[str, Any]]] = OrderedDict()
        self._lock = Lock()

    def keep(self, key: Hashable, answer: dict[str, Any]) -> None:
        """Keep the answer for `kept_s` seconds from now."""
        with self._lock:
            self._answers[key] = (monotonic() + self._kept_s, answer)
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def what_is_kept(self, key: Hashable) -> dict[str, Any] | None:
        """Return the answer, unless it is too old."""
        with self._lock:
            until, answer = self._answers.get(key, (0.0, None))
            if answer is None or until < monotonic():
                self._answers.pop(key, None)
                return None
            self._answers.move_to_end(key)
            return answer
