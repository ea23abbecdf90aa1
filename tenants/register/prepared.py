"""Who prepared what somebody else is to approve: four eyes (Art. 24, 32)."""

from uuid import UUID

from sqlalchemy import ARRAY, Uuid
from sqlalchemy.orm import Mapped, mapped_column


class Prepared:
    """A part of a row that one person prepares and another one approves."""

    prepared_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)

    def note_preparer(self, *people: UUID | None) -> None:
        """Note that these people changed what is to be approved."""
        self.prepared_by = list(dict.fromkeys([*(self.prepared_by or ()), *(who for who in people if who)]))
