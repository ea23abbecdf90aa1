"""The mails that were written about one subject, as their readers see them, and what became of each.

A link in them is a key that belongs to its reader alone, so its last part is left out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation
from tenants.sealing import Seal, seal_of_acting_organisation
from workflows.mail.rows import MailBatch, Recipient
from workflows.mail.sending import Claimed, Reader, write_mail
from workflows.mail.texts import text

LEFT_OUT = "…"


@dataclass(frozen=True)
class SentMail:
    """One mail to one address. written_at: when it was planned; taken_at: when SendGrid answered, None before.

    subject and text are None where this build cannot write the mail again. state: one of workflows/mail/states.py,
    since state_at; is_stopped: it waits for a person.
    """

    name: str
    address: str
    subject: str | None
    text: str | None
    written_at: datetime
    taken_at: datetime | None
    state: str
    state_at: datetime
    reason: str | None
    is_stopped: bool


def mails_about(purpose: str, about_id: UUID) -> list[SentMail]:
    """Return the acting organisation's mails about this subject, oldest first. Raises KeyDestroyed."""
    batch = and_(MailBatch.organisation_id == Recipient.organisation_id, MailBatch.id == Recipient.batch_id)
    query = select(Recipient, MailBatch).outerjoin(MailBatch, batch).where(
        Recipient.organisation_id == acting_organisation(), Recipient.purpose == purpose,
        Recipient.about_id == about_id,
    )  # fmt: skip
    rows = db.session.execute(query.order_by(Recipient.created_at, Recipient.id)).all()
    seal = seal_of_acting_organisation() if rows else None
    return [_sent(to, of, seal) for to, of in rows if seal]


def _sent(to: Recipient, of: MailBatch | None, seal: Seal) -> SentMail:
    own = seal.open(bytes(to.sealed))
    subject, body = _as_read(to, of, own) if of else (None, None)
    return SentMail(
        own["name"], own["address"], subject, body, to.created_at, of.answered_at if of else None, to.state,
        to.state_at, to.reason, bool(of and of.state == "stopped"),
    )  # fmt: skip


def _as_read(to: Recipient, of: MailBatch, own: dict[str, Any]) -> tuple[str | None, str | None]:
    try:
        links = text(of.text_key, of.locale).links
        values = {name: _without_key(name in links, value) for name, value in own["values"].items()}
        reader = Reader(to.id, to.about_id, own["name"], own["address"], values)
        mail = write_mail(
            Claimed(to.organisation_id, of.id, of.id, of.purpose, of.text_key, of.locale, of.common, (reader,))
        )
    except (Invalid, ValueError, OSError):
        return None, None
    subject, body, _ = mail.as_read_by(mail.people[0])
    return subject, body


def _without_key(is_link: bool, value: str) -> str:
    return f"{value.rpartition('/')[0]}/{LEFT_OUT}" if is_link else value
