"""A request repeated with the same key is answered once: the answer is kept with the effect, in one transaction.

A form of a page has a key too. What is kept of it is where it led, so that sent again it leads there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation, database_now

LED_ON = 303
"""The status of a form that did what it was sent for. These rows are kept for 30 days, answers of the API for one."""


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
    if _take(key, request_hash):
        return None
    earlier = db.session.scalars(select(IdempotentAnswer).where(_with(key))).one()
    if earlier.request_hash != request_hash:
        raise Invalid("idempotency.other_request", "Idempotency-Key")
    return earlier.status or 200, earlier.body


def keep_answer(key: str, status: int, body: dict[str, Any] | None) -> None:
    """Keep the answer to this key, in the transaction of its effect."""
    db.session.execute(update(IdempotentAnswer).where(_with(key)).values(status=status, body=body))


@dataclass(frozen=True)
class SentForm:
    """A form that did what it was sent for: the hash of what it held, where it led, and when."""

    request_hash: bytes
    led_to: str
    at: datetime


def form_sent_before(key: str, request_hash: bytes) -> SentForm | None:
    """Return what came of the form with this key; or take the key and return None, also when it was refused before.

    A second request with the key waits for the first commit.
    """
    if _take(key, request_hash):
        return None
    query = select(IdempotentAnswer).where(_with(key)).with_for_update()
    earlier = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if earlier.status != LED_ON or earlier.body is None:
        return None
    return SentForm(earlier.request_hash, earlier.body["led_to"], datetime.fromisoformat(earlier.body["at"]))


def keep_where_it_led(key: str, request_hash: bytes, led_to: str) -> None:
    """Keep where the form with this key led, in the transaction of its effect."""
    body = {"led_to": led_to, "at": database_now().isoformat()}
    values = {"status": LED_ON, "body": body, "request_hash": request_hash}
    db.session.execute(update(IdempotentAnswer).where(_with(key)).values(**values))


def _take(key: str, request_hash: bytes) -> bool:
    """Return whether nobody used this key before."""
    values = {"organisation_id": acting_organisation(), "key": key, "request_hash": request_hash}
    take = insert(IdempotentAnswer).values(**values).on_conflict_do_nothing().returning(IdempotentAnswer.key)
    return db.session.execute(take).first() is not None


def _with(key: str) -> Any:
    return (IdempotentAnswer.organisation_id == acting_organisation()) & (IdempotentAnswer.key == key)
