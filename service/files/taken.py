"""What is taken of a file, as each purpose takes it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor

ALL, FITTING = "all", "fitting"
REPLACE, ADD, TAKE_AWAY = "replace", "add", "take_away"
HOW = (REPLACE, ADD, TAKE_AWAY)


@dataclass(frozen=True)
class Taking:
    """What to take: "all" or "fitting". `how`: what becomes of a list that is there: "replace", "add", "take_away".

    `answers`: what a person says about all of its rows.
    """

    take: str
    how: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """A file, its items as [row, values], how it is taken, and by whom."""

    file: UploadedFile
    items: Callable[[], Iterator[Any]]
    taking: Taking
    by: Actor

    @property
    def hash(self) -> str:
        """The SHA-256 of the file, in hexadecimals, as the history keeps it."""
        return self.file.hash.hex()
