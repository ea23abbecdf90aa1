"""What waits for the reader, in one order: what ends first stands first, and what has no end comes after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """Something that the reader can do now. `kind` names its part of the page, `about` is what that part shows."""

    kind: str
    about: Any
    until: datetime | None = None


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return what ends first, then what has no end, each in the order in which it came."""
    every = list(waiting)
    ending = [(item.until, place) for place, item in enumerate(every) if item.until]
    return [*(every[place] for _, place in sorted(ending)), *(item for item in every if item.until is None)]
