"""Contacts of the acting office whose mail led to somebody else (Art. 28): they get no mail until the office checked
them.

In the database that is `led_elsewhere_at` beside name and address (the function mark_contacts).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, or_, select, text

from tenants.agreements.contact_standing import as_contact
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.driver_reads import as_text, rows_of
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE, Escalation

MARKED = text("""
    select a.id, a.controller_name, a.client_number, c.nth, c.contact, (c.contact->>'led_elsewhere_at')::timestamptz,
           a.controller_id is not distinct from (select my_test_register())
      from processing_agreement a
     cross join lateral jsonb_array_elements(a.contacts) with ordinality as c(contact, nth)
     where a.processor_id = :office and a.contacts @? '$[*].led_elsewhere_at' and c.contact ? 'led_elsewhere_at'
     order by a.controller_name, a.id, c.nth limit :most""")
COUNT = as_text(text("""
    select count(*) from processing_agreement a cross join lateral jsonb_array_elements(a.contacts) c
     where a.processor_id = :office and a.contacts @? '$[*].led_elsewhere_at' and c ? 'led_elsewhere_at'"""))
DOUBTED_AT = text("""
    select exists (
      select from processing_agreement a cross join lateral jsonb_array_elements(a.contacts) c
       where a.processor_id = :office and a.contacts @? '$[*].led_elsewhere_at' and c ? 'led_elsewhere_at'
         and lower(trim(c->>'email')) = :address)""")
# A message of before this client ended the office stays in the register that it went to, and is about this client too.
OF_CLIENT = """(t.controller_id = any(:registers) or t.agreement_id in (
    select a.id from processing_agreement a where a.processor_id = :office and a.controller_id = any(:registers)))"""
# Every act on an office and its client locks first the office (shared, as an escalation does), then rows by their id.
# An act that leads its clients elsewhere waits for these locks, or ends first.
OFFICE = text("select from organisation where id = :office for share")
ITS_AGREEMENTS = text("""
    select from processing_agreement
     where processor_id = :office and controller_id in (
       select a.controller_id from processing_agreement a where a.processor_id = :office and a.id = any(:agreements))
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
    """One contact in one agreement, by its place in the order of writing (1 is the first), and since when.

    `is_test`: the client is the one that the office sends tests to.
    """

    agreement_id: UUID
    controller_name: str
    client_number: str
    place: int
    contact: dict[str, Any]
    since: datetime
    is_test: bool


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


def is_address_doubted(address: str) -> bool:
    """Return whether a contact of the acting office at this address waits for its check."""
    values = {"office": acting_organisation(), "address": as_contact(address)}
    return bool(db.session.scalar(DOUBTED_AT, values))


def locked_contact(agreement_id: UUID, place: int) -> tuple[ProcessingAgreement, dict[str, Any]]:
    """Return the same as `doubted_contact`, and lock all agreements, unused links and messages between the acting
    office and this client."""
    lock_agreements([agreement_id])
    agreement, contact = doubted_contact(agreement_id, place)
    lock_messages([agreement.controller_id])
    return agreement, contact


def lock_agreements(agreements: Iterable[UUID]) -> None:
    """Lock the acting office, and then all its agreements with the clients of these agreements."""
    values = {"office": acting_organisation(), "agreements": list(agreements)}
    for statement in (OFFICE, ITS_AGREEMENTS):
        db.session.execute(statement, values)


def lock_messages(registers: Iterable[UUID]) -> None:
    """Lock the unused links, and then the messages, of the acting office to these clients. The agreements come before
    them (lock_agreements)."""
    values = {"office": acting_organisation(), "registers": list(registers)}
    for statement in (ITS_LINKS, ITS_MESSAGES):
        db.session.execute(statement, values)


def untold_at(registers: Iterable[UUID]) -> Iterable[Escalation]:
    """Return the acting office's messages to these clients that informed nobody yet, in their order."""
    clients = func.any(list(registers))
    mine = (Escalation.processor_id == acting_organisation()) & or_(
        Escalation.controller_id == clients, Escalation.agreement_id.in_(_agreements_with(clients)))
    untold = mine & Escalation.informed_at.is_(None) & Escalation.acknowledged_at.is_(None)
    query = select(Escalation).where(untold).order_by(Escalation.id)
    return list(db.session.scalars(query))


def _agreements_with(clients: Any) -> Any:
    here = (ProcessingAgreement.processor_id == acting_organisation()) & (ProcessingAgreement.controller_id == clients)
    return select(ProcessingAgreement.id).where(here)
