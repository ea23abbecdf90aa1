"""Contacts of the acting office whose mail led to somebody else (Art. 28): they get no mail until the office checked
them.

In the database that is `led_elsewhere_at` beside name and address (the function mark_contacts).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import or_, select, text

from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.driver_reads import as_text, rows_of
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE, Escalation

MARKED = text("""
    select a.id, a.controller_name, a.client_number, c.nth, c.contact, (c.contact->>'led_elsewhere_at')::timestamptz
      from processing_agreement a
     cross join lateral jsonb_array_elements(a.contacts) with ordinality as c(contact, nth)
     where a.processor_id = :office and a.contacts @? '$[*].led_elsewhere_at' and c.contact ? 'led_elsewhere_at'
     order by a.controller_name, a.id, c.nth limit :most""")
COUNT = as_text(text("""
    select count(*) from processing_agreement a cross join lateral jsonb_array_elements(a.contacts) c
     where a.processor_id = :office and a.contacts @? '$[*].led_elsewhere_at' and c ? 'led_elsewhere_at'"""))
SETTLED = """
    update {table} t set contacts = (
      select jsonb_agg(case when c.contact ? 'led_elsewhere_at' and lower(trim(c.contact->>'email')) = :address
                            then cast(:contact as jsonb) else c.contact end order by c.nth)
        from jsonb_array_elements(t.contacts) with ordinality as c(contact, nth))
     where t.processor_id = :office and t.contacts @? '$[*].led_elsewhere_at' and {of_client}"""
# A message of before this client ended the office stays in the register that it went to, and is about this client too.
OF_CLIENT = """(t.controller_id = :register or t.agreement_id in (
    select a.id from processing_agreement a where a.processor_id = :office and a.controller_id = :register))"""
IN_AGREEMENTS = text(SETTLED.format(table="processing_agreement", of_client="t.controller_id = :register"))
IN_ESCALATIONS = text(SETTLED.format(table="escalation", of_client=OF_CLIENT))
# Every act on an office and its client locks first the office (shared, as an escalation does), then rows by their id.
# An act that leads its clients elsewhere waits for these locks, or ends first.
OFFICE = text("select from organisation where id = :office for share")
ITS_AGREEMENTS = text("""
    select from processing_agreement
     where processor_id = :office and controller_id = (
       select a.controller_id from processing_agreement a where a.processor_id = :office and a.id = :agreement)
     order by id for no key update""")
# Before the messages: whoever opens a register by a link holds that link, and then asks for the message.
ITS_LINKS = text(f"""
    select from invitation i join escalation t on i.organisation_id = t.controller_id and i.breach_id = t.breach_id
     where t.processor_id = :office and {OF_CLIENT} and i.used_at is null
     order by i.token_hash for no key update of i""")
ITS_MESSAGES = text(f"""
    select from escalation t
     where t.processor_id = :office and {OF_CLIENT} order by t.id for no key update""")


@dataclass(frozen=True)
class DoubtedContact:
    """One contact in one agreement, by its place in the order of writing (1 is the first), and since when."""

    agreement_id: UUID
    controller_name: str
    client_number: str
    place: int
    contact: dict[str, Any]
    since: datetime


def doubted_contacts(most: int = 200) -> list[DoubtedContact]:
    """Return the contacts that wait for the acting office's check, by client."""
    rows = db.session.execute(MARKED, {"office": acting_organisation(), "most": most})
    return [DoubtedContact(*row) for row in rows]


def count_doubted() -> int:
    """Return how many contacts wait for the acting office's check."""
    [[waiting]] = rows_of(COUNT, {"office": acting_organisation()})
    return cast(int, waiting)


def doubted_contact(agreement_id: UUID, place: int) -> tuple[ProcessingAgreement, dict[str, Any]]:
    """Return the agreement and this contact. Raises NotFound, and AlreadyDone when the contact does not wait for a
    check."""
    agreement = db.session.get(ProcessingAgreement, (acting_organisation(), agreement_id), populate_existing=True)
    if agreement is None or not 1 <= place <= len(agreement.contacts):
        raise NotFound("contact.unknown")
    contact = agreement.contacts[place - 1]
    if LED_ELSEWHERE not in contact:
        raise AlreadyDone("contact.not_doubted")
    return agreement, contact


def locked_contact(agreement_id: UUID, place: int) -> tuple[ProcessingAgreement, dict[str, Any]]:
    """Return the same as `doubted_contact`, and lock all agreements and messages between the acting office and this
    client."""
    values = {"office": acting_organisation(), "agreement": agreement_id}
    db.session.execute(OFFICE, values)
    db.session.execute(ITS_AGREEMENTS, values)
    agreement, contact = doubted_contact(agreement_id, place)
    for statement in (ITS_LINKS, ITS_MESSAGES):
        db.session.execute(statement, values | {"register": agreement.controller_id})
    return agreement, contact


def settle_contact(register: UUID, address: str, contact: dict[str, str]) -> None:
    """Set this contact in every agreement and message of the acting office with this client."""
    values = {
        "office": acting_organisation(), "register": register, "address": address.strip().lower(),
        "contact": json.dumps(contact),
    }  # fmt: skip
    for settled in (IN_ESCALATIONS, IN_AGREEMENTS):
        db.session.execute(settled, values)
    db.session.expire_all()


def untold_at(register: UUID) -> Iterable[Escalation]:
    """Return the acting office's messages to this client that informed nobody yet, in their order."""
    mine = (Escalation.processor_id == acting_organisation()) & or_(
        Escalation.controller_id == register, Escalation.agreement_id.in_(_agreements_with(register)))
    untold = mine & Escalation.informed_at.is_(None) & Escalation.acknowledged_at.is_(None)
    query = select(Escalation).where(untold).order_by(Escalation.id)
    return list(db.session.scalars(query))


def _agreements_with(register: UUID) -> Any:
    here = (ProcessingAgreement.processor_id == acting_organisation()) & (ProcessingAgreement.controller_id == register)
    return select(ProcessingAgreement.id).where(here)
