"""Consent: which processors the acting organisation accepts in its register, and which ask it to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.history import crossed

ASKED, ACCEPTED, REFUSED, ENDED = "asked", "accepted", "refused", "ended"
MINE = text("""
    select processor_id, name, state, how, at, register is not null as waits, messages from processors_of_mine()""")
ANSWER = text("select answer_processor(:processor, :answer, :by)")


class Consent(Record):
    """What one controller answered to one processor. how: by the processor's link, when asked, or carried over."""

    __tablename__ = "consent"

    controller_id: Mapped[UUID] = mapped_column(primary_key=True)
    processor_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    how: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Processor:
    """One processor of the acting organisation. waits: it has a register of its own for this organisation, which moves
    here when it is accepted; messages: the breaches in it, newest first, at most fifty."""

    processor_id: UUID
    name: str
    state: str
    how: str
    at: datetime
    waits: bool
    messages: list[dict[str, Any]]

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be answered now."""
        if self.state == ACCEPTED:
            return (ENDED,)
        accepted = (ACCEPTED,) if self.waits else ()
        return (*accepted, REFUSED) if self.state == ASKED else accepted


def processors() -> list[Processor]:
    """By name: who was accepted, refused or ended, and who asks. Only a verified organisation is asked."""
    return [Processor(*row) for row in db.session.execute(MINE)]


def answer_processor(processor_id: UUID, answer: str, by_user: UUID | None) -> int | None:
    """Accept, refuse or end. How many breaches came along; None when this processor cannot be answered so."""
    moved: int | None = db.session.scalar(ANSWER, {"processor": processor_id, "answer": answer, "by": by_user})
    crossed()
    return moved
