"""Events that wait for their moment, in the order in which they are due."""

import heapq
import time
from dataclasses import dataclass, field
from itertools import count
from threading import Condition

MOST_AT_ONCE = 5000


@dataclass(order=True, slots=True)
class Parcel:
    """Events that go out together, not before ``due``. ``attempt`` counts the tries that failed."""

    due: float
    sequence: int
    events: list[int] = field(compare=False)
    attempt: int = field(default=0, compare=False)


class Parcels:
    """The queue. New parcels that are due are joined; a parcel that failed goes again as it was."""

    def __init__(self) -> None:
        self._waiting: list[Parcel] = []
        self._changed = Condition()
        self._sequence = count()

    def put(self, events: list[int], due: float, attempt: int = 0) -> None:
        """Add these events to the queue until they are due."""
        with self._changed:
            heapq.heappush(self._waiting, Parcel(due, next(self._sequence), events, attempt))
            self._changed.notify()

    def take(self) -> Parcel:
        """Return the next parcel as soon as one is due."""
        with self._changed:
            while not self._is_due():
                self._changed.wait(self._waiting[0].due - time.time() if self._waiting else None)
            parcel = heapq.heappop(self._waiting)
            while not parcel.attempt and self._may_join(parcel):
                parcel.events += heapq.heappop(self._waiting).events
            return parcel

    def _is_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0].due <= time.time()

    def _may_join(self, parcel: Parcel) -> bool:
        if not self._is_due() or self._waiting[0].attempt:
            return False
        return len(parcel.events) + len(self._waiting[0].events) <= MOST_AT_ONCE
