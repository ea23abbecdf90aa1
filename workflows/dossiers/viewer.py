"""The viewer of a dossier. A dossier says what the viewer may do, so it differs from person to person."""

from dataclasses import dataclass
from uuid import UUID

from workflows.decisions.turn import Seat


@dataclass(frozen=True)
class Viewer:
    """A person, or a program with a person's key, and the seat in which they may do each act at this organisation."""

    id: UUID
    name: str
    email: str
    seat: Seat

    def may(self, act: str) -> bool:
        """Whether an act of workflows/roles.py is allowed in any of the viewer's seats."""
        return self.seat(act) is not None
