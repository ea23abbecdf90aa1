"""The tables of mail: a batch is one request, a recipient one person in it, an event what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Owned, Record


class MailBatch(Owned, Record):
    """At most 500 mails with one text, sent in one request or not at all."""

    __tablename__ = "mail_batch"

    purpose: Mapped[str]
    about_id: Mapped[UUID]
    text_key: Mapped[str]
    locale: Mapped[str]
    common: Mapped[dict[str, Any]]
    state: Mapped[str]
    not_before: Mapped[datetime]
    token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int]
    message_id: Mapped[str | None]
    error: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    resend_of: Mapped[UUID | None]


class Recipient(Owned, Record):
    """One person for one subject; name and address are sealed.

    `mailed_with`: the recipient at the same address whose mail greets this person too; None for who is mailed.
    """

    __tablename__ = "recipient"

    purpose: Mapped[str]
    about_id: Mapped[UUID]
    batch_id: Mapped[UUID | None]
    sealed: Mapped[bytes]
    address_hash: Mapped[bytes]
    state: Mapped[str]
    state_at: Mapped[datetime]
    reason: Mapped[str | None]
    mailed_with: Mapped[UUID | None]


class MailEvent(Record):
    """One event that SendGrid reported about one recipient, kept once."""

    __tablename__ = "mail_event"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    sg_event_id: Mapped[str] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    event: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str | None]
    received_at: Mapped[datetime]
