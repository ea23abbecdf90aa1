"""What the delivery events prove about a subject: that its reader was reached and when, or that all mail failed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, not_, or_, select

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.rows import Recipient
from workflows.mail.set_aside import not_set_aside
from workflows.mail.states import NOT_REACHED, REACHED


@dataclass(frozen=True)
class Delivery:
    """`delivered_at` is when a receiving server first took the mail; `failed` says that none of its readers can be
    reached any more."""

    delivered_at: datetime | None = None
    failed: bool = False


def outcomes_at(newest: dict[bytes, str], addresses: Iterable[str]) -> dict[str, str]:
    """Return for each of these addresses that has one its outcome among `newest`, from `newest_outcomes`."""
    if not newest:
        return {}
    seal = seal_of_acting_organisation()
    mails = {address: newest.get(seal.fingerprint(address)) or newest.get(seal.earlier_fingerprint(address) or b"")
             for address in addresses}  # fmt: skip
    return {address: outcome for address, outcome in mails.items() if outcome}


def newest_outcomes(purpose: str, about: Iterable[UUID] | Select[Any]) -> dict[bytes, str]:
    """Return what became of the newest mail sent to each address about these subjects, by the address's fingerprint.

    `about`: their ids, or a query for them. An outcome is "arrived", "failed", or "sent" when nothing is known yet.
    """
    subjects = about if isinstance(about, Select) else list(about)
    query = select(Recipient.address_hash, Recipient.state).where(
        Recipient.organisation_id == acting_organisation(), Recipient.purpose == purpose,
        Recipient.about_id.in_(subjects), not_set_aside(),
    )  # fmt: skip
    rows = db.session.execute(query.order_by(Recipient.created_at, Recipient.id))
    return {bytes(fingerprint): outcome_of(state) for fingerprint, state in rows}


def outcome_of(state: str) -> str:
    """Return "arrived", "failed", or "sent" when nothing is known yet."""
    return "arrived" if state in REACHED else "failed" if state in NOT_REACHED else "sent"


def delivery_of(
    purpose: str, about_ids: Iterable[UUID], written_after: Mapping[UUID, datetime] | None = None
) -> dict[UUID, Delivery]:  # fmt: skip
    """Return the delivery of each subject's messages, in one query; a subject that nobody was written about has none.

    `written_after`: of these subjects, what was written until that moment does not count.
    """
    ids = list(about_ids)
    led_elsewhere = [and_(Recipient.about_id == about, Recipient.created_at <= at)
                     for about, at in (written_after or {}).items()]  # fmt: skip
    delivered = Recipient.state.in_(REACHED)
    query = select(
        Recipient.about_id,
        func.min(Recipient.state_at).filter(delivered),
        func.bool_and(Recipient.state.in_(NOT_REACHED)),
    ).where(
        Recipient.organisation_id == acting_organisation(), Recipient.purpose == purpose, Recipient.about_id.in_(ids),
        *([not_(or_(*led_elsewhere))] if led_elsewhere else []),
    )
    rows = db.session.execute(query.group_by(Recipient.about_id))
    return {about: Delivery() for about in ids} | {about: Delivery(at, failed) for about, at, failed in rows}
