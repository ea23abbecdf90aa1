"""Escalations (Art. 33(2)): a processor tells a controller. The row belongs to both parties; only doors write for the
other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import NotFound
from tenants.history.countersignatures import carry_head
from tenants.history.entries import Actor, Entry, crossed, record
from tenants.isolation import acting_organisation
from tenants.register.breaches import Breach

LED_ELSEWHERE = "led_elsewhere_at"
"""The key in a contact, beside its name and address: since when its mail is known to lead to somebody else."""
ACKNOWLEDGE = text("select acknowledge_receipt(:breach, :name, :link_to)")
REPORT = text("select report_decision(:breach, :outcome)")
TAKE_BACK = text("select take_back_informing(:escalation, :informed_at)")
OF_BREACH = text("""
    select id, processor_id from escalation where controller_id = acting_organisation() and breach_id = :breach""")


class Escalation(Record):
    """One controller to be told about one incident. alarm_at: the end of the contract hours (or of our own target)."""

    __tablename__ = "escalation"

    processor_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    controller_id: Mapped[UUID]
    incident_id: Mapped[UUID]
    agreement_id: Mapped[UUID]
    breach_id: Mapped[UUID]
    controller_name: Mapped[str]
    people_min: Mapped[int | None]
    people_max: Mapped[int | None]
    people_estimate: Mapped[bool]
    hours_agreed: Mapped[int | None]
    became_aware_at: Mapped[datetime]
    alarm_at: Mapped[datetime]
    contacts: Mapped[list[dict[str, Any]]]
    rung: Mapped[int]
    informed_at: Mapped[datetime | None]
    informed_how: Mapped[str | None]
    call_needed_at: Mapped[datetime | None]
    led_elsewhere_at: Mapped[datetime | None]
    """Mail sent before this moment went to somebody else, so its delivery does not count as informing."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    acknowledged_link: Mapped[str | None]
    decision: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_alone: Mapped[bool | None]
    """Whether one person decided alone, as the controller's own register marks it; None: not decided."""
    created_at: Mapped[datetime]

    @property
    def doubted(self) -> list[dict[str, Any]]:
        """The contacts who get no mail until the office confirmed or replaced them."""
        return [contact for contact in self.contacts if LED_ELSEWHERE in contact]

    @property
    def next_contact(self) -> dict[str, Any] | None:
        """The contact to write to next, in the agreement's own order; None when all were written to."""
        return self.contacts[self.rung] if self.rung < len(self.contacts) else None


def escalation(escalation_id: UUID) -> Escalation:
    """Return the acting office's escalation. Raises NotFound."""
    row = db.session.get(Escalation, (acting_organisation(), escalation_id))
    if row is None:
        raise NotFound("escalation.unknown")
    return row


def locked_escalation(escalation_id: UUID) -> Escalation:
    """Return the acting office's escalation as it is now, locked until the end of the transaction. Raises NotFound."""
    row = escalation(escalation_id)
    db.session.refresh(row, with_for_update=True)
    return row


def take_back_informing(escalation_id: UUID, informed_at: datetime) -> str:
    """Take back the acting office's statement that a call or letter of this moment informed the controller.

    Its clock waits again. Returns "taken_back"; or, with nothing changed, "acted" when somebody there did something
    about the breach, "no_standing" when the office may not write about it there any more, and "not_by_call" when no
    call or letter of this moment informed it.
    """
    outcome: str = db.session.scalar(TAKE_BACK, {"escalation": escalation_id, "informed_at": informed_at})
    crossed()
    db.session.expire_all()
    return outcome


def escalations_by_id(ids: Iterable[UUID]) -> dict[UUID, Escalation]:
    """Return the acting office's escalations with these ids, in one query."""
    mine = Escalation.processor_id == acting_organisation()
    return {e.id: e for e in db.session.scalars(select(Escalation).where(mine, Escalation.id.in_(list(ids))))}


def need_a_call(ids: Iterable[UUID]) -> None:
    """Put those of these escalations that are not informed on the call list: they cannot go on by mail."""
    asked = list(ids)
    if asked:
        mine = (Escalation.processor_id == acting_organisation()) & Escalation.id.in_(asked)
        untold = mine & Escalation.informed_at.is_(None) & Escalation.call_needed_at.is_(None)
        db.session.execute(update(Escalation).where(untold).values(call_needed_at=func.now()))


def acknowledge_receipt(breach_id: UUID, by: Actor, link_to: str | None = None) -> datetime | None:
    """Confirm the receipt for the acting controller. Returns the moment, or None when nothing was left to confirm.

    `link_to`: the holder of the link that was mailed to this address did it, and typed the name. Both histories record
    it.
    """
    values = {"breach": breach_id, "name": by.name, "link_to": link_to}
    moment: datetime | None = db.session.scalar(ACKNOWLEDGE, values)
    crossed()
    if moment is not None:
        details, personal = {"by_link": link_to is not None}, {"link_to": link_to} if link_to else {}
        record([Entry("breach", breach_id, "breach.receipt_confirmed", by, details, personal)])
        _countersign(breach_id)
    return moment


def receipt_confirmed_at(breach_id: UUID) -> datetime | None:
    """Return when anybody confirmed the receipt, as the database has it now; None when nobody did."""
    sent = select(Escalation.acknowledged_at).where(
        Escalation.controller_id == acting_organisation(), Escalation.breach_id == breach_id
    )
    here = select(Breach.acknowledged_at).where(Breach.organisation_id == acting_organisation(), Breach.id == breach_id)
    return db.session.scalar(sent) or db.session.scalar(here)


def name_in_words_of_processor(breach_id: UUID) -> str | None:
    """Return the processor's name for the acting controller, the only one that a holder of its link is shown.

    None when the processor sent nothing.
    """
    mine = (Escalation.controller_id == acting_organisation()) & (Escalation.breach_id == breach_id)
    return db.session.scalar(select(Escalation.controller_name).where(mine))


def name_typed_at(breach_id: UUID, link_to: str) -> str | None:
    """Return the name with which the holder of the link mailed to this address confirmed the receipt; None if they did
    not."""
    mine = (Escalation.controller_id == acting_organisation()) & (Escalation.breach_id == breach_id)
    name = select(Escalation.acknowledged_by).where(mine, Escalation.acknowledged_link == link_to)
    return db.session.scalar(name)


def name_of_contact(breach_id: UUID, link_to: str) -> str | None:
    """Return the name that the processor's message has for the contact at this address; None when it has none."""
    contacts = contacts_to_write_to([breach_id])[breach_id]
    with_address = (contact for contact in contacts if (contact.get("email") or "").lower() == link_to.lower())
    return next((contact.get("name") for contact in with_address), None)


def contacts_to_write_to(breach_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return, for each of these breaches of the acting controller, the contacts in its processor's message; none
    without one.

    Contacts that wait for the office's check are left out: their mail led to somebody else.
    """
    wanted = list(breach_ids)
    mine = (Escalation.controller_id == acting_organisation()) & Escalation.breach_id.in_(wanted)
    rows = db.session.execute(select(Escalation.breach_id, Escalation.contacts).where(mine))
    known = {
        breach: [contact for contact in contacts or [] if LED_ELSEWHERE not in contact] for breach, contacts in rows
    }  # fmt: skip
    return {breach: known.get(breach, []) for breach in wanted}


def report_decision(breach_id: UUID, outcome: str) -> None:
    """Tell the processor how the acting controller decided: notified, notified_late or not_notified."""
    db.session.execute(REPORT, {"breach": breach_id, "outcome": outcome})
    crossed()
    _countersign(breach_id)


def _countersign(breach_id: UUID) -> None:
    """Give the processor the end of the acting controller's chain, which contains the processor's own."""
    carry_head([(row.id, row.processor_id) for row in db.session.execute(OF_BREACH, {"breach": breach_id})])


def board(incident_id: UUID, most: int, after: tuple[datetime, UUID] | None = None) -> list[Escalation]:
    """Return an incident's escalations, the tightest time first; `after` is the last one of the page before."""
    query = select(Escalation).where(
        Escalation.processor_id == acting_organisation(), Escalation.incident_id == incident_id
    )
    if after:
        query = query.where(func.row(Escalation.alarm_at, Escalation.id) > func.row(*after))
    return list(db.session.scalars(query.order_by(Escalation.alarm_at, Escalation.id).limit(most)))
