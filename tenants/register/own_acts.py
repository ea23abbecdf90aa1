"""What a controller's own people did about a breach that shows that they knew of it (Art. 33(1))."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text

from tenants.database import db


@dataclass(frozen=True)
class OwnActs:
    """Acts of a controller's own people that show that it knew; moments are aware, in UTC; None for an act not done
    yet."""

    received_at: datetime | None
    assessed_at: datetime | None

    @property
    def first_at(self) -> datetime | None:
        """Return the earlier of both moments: a later moment of awareness does not count. None when neither act was
        done."""
        return min((moment for moment in (self.received_at, self.assessed_at) if moment), default=None)

    @property
    def first(self) -> str:
        """Return which of both was earlier: "receipt" or "assessment"."""
        return "receipt" if self.received_at is not None and self.received_at == self.first_at else "assessment"


def first_own_acts(breach_id: UUID) -> OwnActs:
    """Return when the acting organisation first showed that it knew of this breach."""
    row = db.session.execute(select(text("*")).select_from(func.first_own_acts(breach_id))).one()
    return OwnActs(received_at=row.received_at, assessed_at=row.assessed_at)
