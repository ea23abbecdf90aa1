"""Of each organisation one process of ours reads one workbook at a time, so that those of others have their turn.

A workbook may take seconds of a processor, and few are read at once (service/reading/workbooks.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from uuid import UUID
from weakref import WeakValueDictionary

from service.reading.workbooks import PATIENCE_S
from tenants.errors import Busy

_LOCKS: WeakValueDictionary[UUID, Lock] = WeakValueDictionary()
_GUARD = Lock()


@contextmanager
def turn_of(organisation: UUID, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Wait until no other workbook of this organisation is read. Raises Busy after `patience_s` seconds."""
    with _GUARD:
        lock = _LOCKS.setdefault(organisation, Lock())
    if not lock.acquire(timeout=patience_s):
        raise Busy(seconds=PATIENCE_S)
    try:
        yield
    finally:
        lock.release()
