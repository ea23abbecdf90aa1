"""What happened, when, by whom: append only, in the same transaction as the fact, chained by hash."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.isolation import acting_organisation

WRITE = text("select record_history(:organisation, cast(:entries as jsonb))")
BROKEN = text("select count(*) from history_broken where organisation_id = :organisation")


@dataclass(frozen=True)
class Actor:
    """Who did it: a user, or the system by its name."""

    id: UUID | None
    name: str


SYSTEM = Actor(None, "Meldketen")


class History(Record):
    """One entry. There is no way to change or remove one."""

    __tablename__ = "history"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    at: Mapped[datetime]
    what: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    details: Mapped[dict[str, Any]]
    hash: Mapped[bytes]


@dataclass(frozen=True)
class Entry:
    """What is to be remembered about one subject (a breach, an incident, an escalation, a notice)."""

    subject_kind: str
    subject_id: UUID
    what: str
    actor: Actor
    details: dict[str, Any] = field(default_factory=dict)


def record(entries: Iterable[Entry]) -> None:
    """Write entries into the acting organisation's history; at most one per subject in a call."""
    rows = [
        {"subject_kind": e.subject_kind, "subject_id": e.subject_id, "what": e.what, "actor_id": e.actor.id,
         "actor_name": e.actor.name, "details": e.details}
        for e in entries
    ]  # fmt: skip
    if rows:
        db.session.flush()
        db.session.execute(WRITE, {"organisation": acting_organisation(), "entries": json.dumps(rows, default=str)})


def of_subject(subject_id: UUID) -> list[History]:
    """The whole story of one subject, oldest first."""
    entries = select(History).where(
        History.organisation_id == acting_organisation(), History.subject_id == subject_id
    )
    return list(db.session.scalars(entries.order_by(History.seq)))


def broken_entries() -> int:
    """How many entries of the acting organisation do not follow from the one before; 0: nothing was altered."""
    return int(db.session.scalar(BROKEN, {"organisation": acting_organisation()}) or 0)
