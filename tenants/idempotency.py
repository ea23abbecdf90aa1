"""A request repeated with the same key is answered once: the answer is kept with the effect, in one transaction."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation


class IdempotentAnswer(Record):
    """The answer that was given to a key."""

    __tablename__ = "idempotent_answer"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None]


def earlier_answer(key: str, request_hash: bytes) -> tuple[int, dict[str, Any] | None] | None:
    """Return the kept answer to this key; or take the key and return None. A second request with it waits for the first
    commit.

    Raises Invalid when the key was used for another request.
    """
    organisation = acting_organisation()
    take = insert(IdempotentAnswer).values(organisation_id=organisation, key=key, request_hash=request_hash)
    taken = db.session.execute(take.on_conflict_do_nothing().returning(IdempotentAnswer.key)).first()
    if taken is not None:
        return None
    mine = (IdempotentAnswer.organisation_id == organisation) & (IdempotentAnswer.key == key)
    earlier = db.session.scalars(select(IdempotentAnswer).where(mine)).one()
    if earlier.request_hash != request_hash:
        raise Invalid("idempotency.other_request", "Idempotency-Key")
    return earlier.status or 200, earlier.body


def keep_answer(key: str, status: int, body: dict[str, Any] | None) -> None:
    """Keep the answer to this key, in the transaction of its effect."""
    mine = (IdempotentAnswer.organisation_id == acting_organisation()) & (IdempotentAnswer.key == key)
    db.session.execute(update(IdempotentAnswer).where(mine).values(status=status, body=body))
