"""Escalation (Art. 33(2)): the processor tells every controller that an incident hit, without weighing the risk first.

There is one run per controller, at the office: it writes to the first contact, sees that the mail was delivered, or
else writes to the next contact and at last puts the controller on the call list, and waits for receipt. Delivery makes
the controller aware: from then its own clock runs.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.countersignatures import carry_head
from tenants.history.entries import crossed
from tenants.isolation import database_now
from tenants.register.escalations import Escalation, escalations_by_id
from tenants.register.incidents import incident
from workflows.engine.progress import moments_of
from workflows.engine.steps import Clock, Heard, Job, Workflow
from workflows.escalation.escalation_mail import write_to_next_contact
from workflows.law import gdpr
from workflows.law.periods import AMSTERDAM, HOUR, Period
from workflows.mail.evidence import Delivery, delivery_of
from workflows.mail.reminding import remind_people
from workflows.notification.ap_clock import AUTHORITY_CLOCK

RECEIPT_TARGET = timedelta(hours=24)
"""The house's own target for a receipt, from the moment of informing. Not law."""

INFORMED = text("select controllers_informed(cast(:rows as jsonb))")


def contract_hours(escalation: Escalation) -> Period:
    """Art. 33(2) and the agreement: the contract hours from the processor's awareness."""
    return gdpr.contract_period(escalation.became_aware_at, escalation.hours_agreed)


def receipt_hours(escalation: Escalation) -> Period | None:
    """Our own target for a receipt; None while the controller has not been informed."""
    if escalation.informed_at is None:
        return None
    return gdpr.contract_period(escalation.informed_at, int(RECEIPT_TARGET / HOUR))


def inform(escalations: list[Escalation]) -> Iterable[UUID]:
    """Write to the first contact of each, and give each controller the end of the office's chain."""
    write_to_next_contact(escalations)
    carry_head([(e.id, e.controller_id) for e in escalations])
    return [e.id for e in escalations]


def see_delivery(escalations: list[Escalation]) -> Iterable[UUID]:
    """Return the escalations whose controller was informed by delivery; write to the next contact where no mail
    arrived."""
    delivery = delivery_to(escalations)
    informed = {e.id: how for e in escalations if (how := _informed(e, delivery[e.id].delivered_at))}
    out_of_reach = [e for e in escalations if e.id not in informed and delivery[e.id].failed]
    write_to_next_contact(out_of_reach)
    make_aware(informed)
    return list(informed)


def delivery_to(escalations: list[Escalation]) -> dict[UUID, Delivery]:
    """Return the delivery of each escalation's mail, by its id; what led to somebody else does not count."""
    led_elsewhere = {e.id: e.led_elsewhere_at for e in escalations if e.led_elsewhere_at}
    return delivery_of("escalation", [e.id for e in escalations], led_elsewhere)


def see_receipt(escalations: list[Escalation]) -> Iterable[UUID]:
    """Return the escalations whose receipt was confirmed."""
    return [e.id for e in escalations if e.acknowledged_at is not None]


def make_aware(informed: dict[UUID, tuple[datetime, str]]) -> None:
    """Art. 33(1): from being informed each controller is aware; both ends of its period come from the rules."""
    rows = [_awareness(escalation_id, at, how) for escalation_id, (at, how) in informed.items()]
    if rows:
        db.session.flush()
        db.session.execute(INFORMED, {"rows": json.dumps(rows, default=str)})
        crossed()
        for escalation in escalations_by_id(informed).values():
            db.session.expire(escalation)
        escalations_by_id(informed)


def chase_delivery(heard: list[Heard]) -> None:
    """Write to the next contact, and to the office's own people, because the contract hours run out before anybody was
    informed."""
    waiting = [h for h in heard if h.subject.informed_at is None]
    if not waiting:
        return
    write_to_next_contact([h.subject for h in waiting])
    now = database_now()
    for h in waiting:
        if h.late and h.subject.call_needed_at is None:
            h.subject.call_needed_at = now
    real = [h for h in waiting if not incident(h.subject.incident_id).is_test]
    if real:
        remind_people("inform-controller", real)


def chase_receipt(heard: list[Heard]) -> None:
    """Write to the next contact, or put the controller on the call list, because nobody confirmed receipt since it was
    informed."""
    write_to_next_contact([h.subject for h in heard if h.subject.acknowledged_at is None])


ESCALATION = Workflow(
    name="escalation",
    law="Art. 33(2)",
    subject_kind="escalation",
    load=escalations_by_id,
    clocks=(
        Clock(
            name="inform-controller", law="Art. 33(2)", until="deliver", period=contract_hours,
            remind=(timedelta(hours=6), timedelta(hours=2)), heard=chase_delivery,
        ),
        Clock(name="receipt", law="Art. 28(3)(f)", until="acknowledge", period=receipt_hours, heard=chase_receipt),
    ),
    steps=(
        Job(name="inform", law="Art. 33(2)", does=inform),
        Job(name="deliver", law="Art. 33(2)", does=see_delivery),
        Job(name="acknowledge", law="Art. 28(3)(f)", does=see_receipt),
    ),
)  # fmt: skip


def _informed(escalation: Escalation, delivered_at: datetime | None) -> tuple[datetime, str] | None:
    """Return the moment of informing: that of a recorded call or letter, else of delivery, else of the receipt itself.
    """
    if escalation.informed_at is not None:
        return escalation.informed_at, escalation.informed_how or "phone"
    if delivered_at is not None:
        return delivered_at, "mail"
    if escalation.acknowledged_at is not None:
        return escalation.acknowledged_at, "receipt"
    return None


def _awareness(escalation_id: UUID, at: datetime, how: str) -> dict[str, Any]:
    period, terms = gdpr.authority_period(at), gdpr.terms_on(at.astimezone(AMSTERDAM).date())
    return {
        "escalation_id": escalation_id, "informed_at": at, "informed_how": how, "clock": AUTHORITY_CLOCK.name,
        "counted_from": period.counted_from,
        "alarm_at": period.alarm_at, "due_at": period.due_at, "terms": terms.to_store(),
        "moments": [m.isoformat() for m in moments_of(AUTHORITY_CLOCK, period)],
    }  # fmt: skip
