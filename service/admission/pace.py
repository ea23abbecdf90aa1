"""How often one address may ask for something that costs more than a page. Each process counts by itself."""

from collections import OrderedDict
from math import ceil
from threading import Lock
from time import monotonic

from service.admission.browsers import address
from tenants.errors import TooOften

WINDOW_S = 60.0
MOST_IN_WINDOW = 120
"""The people of one office share one address and may all log in at nine; an attack sends hundreds of requests a second.
"""
MOST_ADDRESSES = 10_000


class Pace:
    """Counts by address, in windows of `window_s` seconds.

    When the table is full, the oldest address is removed first.
    """

    def __init__(self, most: int = MOST_IN_WINDOW, window_s: float = WINDOW_S) -> None:
        self._most, self._window_s = most, window_s
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def step(self, who: str) -> None:
        """Count one request of this address.

        Raises TooOften, with the seconds to wait, when the address is over its limit.
        """
        with self._lock:
            now = monotonic()
            begun, count = self._counts.get(who, (now, 0))
            if now - begun >= self._window_s:
                self._counts.pop(who, None)
                begun, count = now, 0
            if count >= self._most:
                wait = max(1, ceil(self._window_s - (now - begun)))
                raise TooOften(seconds=wait, minutes=max(1, ceil(wait / 60)))
            self._counts[who] = (begun, count + 1)
            while len(self._counts) > MOST_ADDRESSES:
                self._counts.popitem(last=False)

    def step_of_caller(self) -> None:
        """Count one request of the address that this request comes from.

        Raises TooOften when the address is over its limit.
        """
        self.step(address())
