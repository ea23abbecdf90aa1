"""A file of which rows are taken, as the history keeps it: how many rows it had, how many did not fit, and its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tenants.files.accepted import AcceptedIn, details_of


@dataclass(frozen=True)
class TakenFile:
    """`rows`: with data; `wrong_rows`: of these, how many did not fit. `accepted`: where a proposal was accepted.
    `name` may name a person, so the history keeps it apart."""

    name: str = ""
    rows: int = 0
    wrong_rows: int = 0
    accepted: AcceptedIn = field(default_factory=dict)

    @property
    def details(self) -> dict[str, Any]:
        """What an entry of the history keeps for good."""
        return {"rows": self.rows, "wrong_rows": self.wrong_rows, **details_of(self.accepted)} if self.rows else {}

    @property
    def personal(self) -> dict[str, Any]:
        """What an entry of the history keeps until it is erased."""
        return {"file_name": self.name} if self.name else {}


OF_NO_FILE = TakenFile()
"""For what comes from no file that somebody brought in."""


def rows_of(result: Mapping[str, Any]) -> dict[str, int]:
    """Return how many rows a file had that was taken, and how many did not fit, by what came of it."""
    return {name: result.get(name, 0) for name in ("rows", "wrong_rows")}
