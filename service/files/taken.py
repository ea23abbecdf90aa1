"""What is taken of a file, as each purpose takes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from service.schemas.uploaded_file import Taking
from tenants.files.accepted import AcceptedIn
from tenants.files.taken_file import TakenFile
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor


@dataclass(frozen=True)
class Taken:
    """A file, its items as [row, values], how it is taken, and by whom. `accepted`: where a proposal was accepted."""

    file: UploadedFile
    items: Callable[[], Iterator[Any]]
    taking: Taking
    by: Actor
    accepted: AcceptedIn

    @property
    def hash(self) -> str:
        """The SHA-256 of the file, in hexadecimals, as the history keeps it."""
        return self.file.hash.hex()

    def as_told(self, left: int = 0) -> TakenFile:
        """Return the file as the history keeps it. `left`: rows that fitted, and are left out all the same."""
        words = self.file.words
        reading = words["reading"]
        return TakenFile(words["name"], reading["rows"], reading.get("wrong_rows", 0) + left, self.accepted)
