"""How many errands to providers run at once, so that a slow provider leaves threads for other requests."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic
from uuid import UUID

from tenants.errors import Busy

AT_ONCE, WAITING = 2, 2
OF_ONE_ORGANISATION, WAITING_OF_ONE = 1, 1
RETRY_AFTER_S = 5


class Turns:
    """Two errands run at once, one for each organisation, and as many wait. The next one is told to come back."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._at_once, self._most_waiting = at_once, waiting
        self._here: Counter[UUID] = Counter()
        self._waiting: Counter[UUID] = Counter()
        self._changed = Condition()

    @contextmanager
    def taken(self, organisation_id: UUID, until: float) -> Iterator[None]:
        """Hold a turn.

        Raises Busy at once when too many wait, and later when none is free before `until` (monotonic clock).
        """
        with self._changed:
            self._wait(organisation_id, until)
            self._here[organisation_id] += 1
        try:
            yield
        finally:
            with self._changed:
                self._leave(self._here, organisation_id)
                self._changed.notify_all()

    def _wait(self, organisation_id: UUID, until: float) -> None:
        if self._is_free(organisation_id):
            return
        if self._waiting.total() >= self._most_waiting or self._waiting[organisation_id] >= WAITING_OF_ONE:
            raise Busy("provider.busy", seconds=RETRY_AFTER_S)
        self._waiting[organisation_id] += 1
        try:
            while not self._is_free(organisation_id):
                if not self._changed.wait(max(0.0, until - monotonic())):
                    raise Busy("provider.busy", seconds=RETRY_AFTER_S)
        finally:
            self._leave(self._waiting, organisation_id)

    def _is_free(self, organisation_id: UUID) -> bool:
        return self._here.total() < self._at_once and self._here[organisation_id] < OF_ONE_ORGANISATION

    @staticmethod
    def _leave(those: Counter[UUID], organisation_id: UUID) -> None:
        those[organisation_id] -= 1
        if not those[organisation_id]:
            del those[organisation_id]
