"""A contact of a client is corrected or added by the office, in its agreements and in its messages to that client."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.contact_standing import as_contact
from tenants.agreements.doubted_contacts import OF_CLIENT, lock_agreements, lock_messages
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import History, crossed, of_subjects
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation, escalation

ADDED = text("""
    update processing_agreement set contacts = contacts || jsonb_build_array(cast(:contact as jsonb))
     where processor_id = :office and id = :agreement and not exists (
       select from jsonb_array_elements(contacts) c where lower(trim(c->>'email')) = cast(:address as text))""")
ADDED_HERE = text("""
    update escalation set contacts = contacts || jsonb_build_array(cast(:contact as jsonb))
     where processor_id = :office and id = :escalation""")
# A link that was used stays as it is.
LINKS_ENDED = text(f"""
    update invitation i set withdrawn_at = now() from escalation t
     where t.processor_id = :office and {OF_CLIENT} and i.organisation_id = t.controller_id
       and i.breach_id = t.breach_id and i.email = :address and i.used_at is null and i.withdrawn_at is null
       and i.expires_at > now()
    returning i.id""")
AGREEMENTS = text("""
    select id, contacts from processing_agreement where processor_id = :office and controller_id = :client""")
REMEMBERED = text("""
    select remember_contact(a.id, :what) from (select unnest(cast(:agreements as uuid[])) as id order by 1) a""")
CHANGES = ("agreement.contact_added", "agreement.contact_replaced", "agreement.contact_confirmed")


def locked_client_of(escalation_id: UUID) -> Escalation:
    """Return the escalation, and lock all agreements, unused links and messages between the acting office and its
    client.

    Raises NotFound.
    """
    row = escalation(escalation_id)
    lock_agreements([row.agreement_id])
    lock_messages([row.controller_id])
    db.session.refresh(row)
    return row


def is_in_its_register(about: Escalation) -> bool:
    """Return whether this client's agreement still leads to the register that the message went to. It does not once
    that register ended the office."""
    agreement = db.session.get(ProcessingAgreement, (acting_organisation(), about.agreement_id))
    return agreement is not None and agreement.controller_id == about.controller_id


def add_contact(about: Escalation, contact: dict[str, Any]) -> None:
    """Put a contact at the end of this message and its agreement."""
    values = {
        "office": acting_organisation(), "escalation": about.id, "agreement": about.agreement_id,
        "contact": json.dumps(contact), "address": as_contact(contact.get("email") or "") or None,
    }  # fmt: skip
    for statement in (ADDED_HERE, ADDED):
        db.session.execute(statement, values)
    db.session.expire_all()


def end_links_to(address: str, registers: Iterable[UUID]) -> int:
    """End the acting office's unused links to these clients that were mailed to this address, which it replaced.
    Returns how many."""
    values = {"office": acting_organisation(), "registers": list(registers), "address": as_contact(address)}
    return len(db.session.execute(LINKS_ENDED, values).all())


def remember_at_clients(agreements: Iterable[UUID], what: str) -> None:
    """Record in each client's own history that the acting office changed a contact of this agreement; `what` is one of
    CHANGES."""
    db.session.execute(REMEMBERED, {"agreements": list(agreements), "what": what})
    crossed()


def most_contacts_of(about: Escalation) -> int:
    """Return how many contacts this message or one of this client's agreements has, whichever has most."""
    rows = db.session.execute(AGREEMENTS, {"office": acting_organisation(), "client": about.controller_id})
    return max([len(about.contacts), *(len(row.contacts) for row in rows)])


def changes_of_contacts(about: Escalation) -> list[History]:
    """Return the entries that changed a contact of this client, the oldest first."""
    values = {"office": acting_organisation(), "client": about.controller_id}
    ids = {about.agreement_id, *(row.id for row in db.session.execute(AGREEMENTS, values))}
    return of_subjects(ids, CHANGES)
