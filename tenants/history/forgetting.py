"""Erases a person from the history: what names them goes, and the proof that something was recorded stays.

Names and personal values stand beside the chain, which has only their salted hashes. Each erasure is itself an entry.
"""

import json
from uuid import UUID

from sqlalchemy import TextClause, text

from tenants.database import db
from tenants.errors import NotFound
from tenants.history.entries import Actor, crossed

ASKED, RETENTION_ENDED, RECORDED_BY_MISTAKE = "asked", "retention_ended", "recorded_by_mistake"
PERSON = text("select forget_person(:who, :purpose, cast(:by as jsonb))")
VALUES = text("select forget_personal(:seq, :purpose, cast(:by as jsonb))")


def forget_person(who: UUID, purpose: str, by: Actor) -> None:
    """Erase the name of somebody who acted here, a user or one row of `history_person`. Raises NotFound."""
    _forget(PERSON, purpose, by, {"who": who})


def forget_personal(seq: int, purpose: str, by: Actor) -> None:
    """Erase the personal values of one entry of the acting organisation's history. Raises NotFound."""
    _forget(VALUES, purpose, by, {"seq": seq})


def _forget(door: TextClause, purpose: str, by: Actor, what: dict[str, object]) -> None:
    name = None if by.is_the_system else by.name
    details = json.dumps({"actor_id": by.id, "actor_name": name, "role": by.role}, default=str)
    if not db.session.scalar(door, what | {"purpose": purpose, "by": details}):
        raise NotFound("history.nothing_to_forget")
    crossed()
