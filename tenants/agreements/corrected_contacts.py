"""A contact of a client is corrected or added by the office, in its agreements and in its messages to that client."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.doubted_contacts import ITS_AGREEMENTS, ITS_LINKS, ITS_MESSAGES, OF_CLIENT, OFFICE
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import History, crossed, of_subjects
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation, escalation

# Wherever the contact stands, it is replaced. Where its address stands at another name or telephone number, the first
# contact with that address is replaced, and others lose the address: the office says that it is wrong. A contact that
# waits for the office's check stays: it gets no mail, and is settled there.
AT_ADDRESS = "lower(trim(c.contact->>'email')) = cast(:address as text) and not c.contact ? 'led_elsewhere_at'"
CORRECTED = f"""
    update {{table}} t set contacts = (
      select jsonb_agg(case when c.contact = cast(:before as jsonb) or c.nth = was.place then cast(:contact as jsonb)
                            when {AT_ADDRESS} then c.contact - 'email' else c.contact end order by c.nth)
        from jsonb_array_elements(t.contacts) with ordinality as c(contact, nth))
      from (select t.id, t.contacts, case when found.has_it then null else found.at_address end as place
              from {{table}} t cross join lateral (
                select coalesce(bool_or(c.contact = cast(:before as jsonb)), false) as has_it,
                       min(c.nth) filter (where {AT_ADDRESS}) as at_address
                  from jsonb_array_elements(t.contacts) with ordinality as c(contact, nth)) found
             where t.processor_id = :office and {{of_client}} and (found.has_it or found.at_address is not null)) was
     where t.processor_id = :office and t.id = was.id
    returning t.id, was.contacts as before, t.contacts as after"""
IN_AGREEMENTS = text(CORRECTED.format(table="processing_agreement", of_client="t.controller_id = :register"))
IN_ESCALATIONS = text(CORRECTED.format(table="escalation", of_client=OF_CLIENT))
ADDED = text("""
    update processing_agreement set contacts = contacts || jsonb_build_array(cast(:contact as jsonb))
     where processor_id = :office and id = :agreement""")
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
REMEMBERED = text("select remember_contact(:agreement, :what)")
CHANGES = ("agreement.contact_added", "agreement.contact_replaced", "agreement.contact_confirmed")


@dataclass(frozen=True)
class Replaced:
    """A contact that was replaced in one agreement or message ("agreement" or "escalation"): as it was, and as it is.
    """

    subject: str
    subject_id: UUID
    before: dict[str, Any]
    contact: dict[str, Any]


def locked_client_of(escalation_id: UUID) -> Escalation:
    """Return the escalation, and lock all agreements, unused links and messages between the acting office and its
    client.

    Raises NotFound.
    """
    row = escalation(escalation_id)
    lock_client(row.agreement_id, row.controller_id)
    db.session.refresh(row)
    return row


def lock_client(agreement_id: UUID, register: UUID) -> None:
    """Lock all agreements, unused links and messages between the acting office and the client of this agreement, whose
    register this is."""
    values = {"office": acting_organisation(), "agreement": agreement_id, "register": register}
    for statement in (OFFICE, ITS_AGREEMENTS, ITS_LINKS, ITS_MESSAGES):
        db.session.execute(statement, values)


def is_in_its_register(about: Escalation) -> bool:
    """Return whether this client's agreement still leads to the register that the message went to. It does not once
    that register ended the office."""
    agreement = db.session.get(ProcessingAgreement, (acting_organisation(), about.agreement_id))
    return agreement is not None and agreement.controller_id == about.controller_id


def add_contact(about: Escalation, contact: dict[str, Any]) -> None:
    """Put a contact at the end of this message and its agreement."""
    values = {
        "office": acting_organisation(), "escalation": about.id, "agreement": about.agreement_id,
        "contact": json.dumps(contact),
    }  # fmt: skip
    for statement in (ADDED_HERE, ADDED):
        db.session.execute(statement, values)
    db.session.expire_all()


def replace_contact(register: UUID, before: dict[str, Any], contact: dict[str, Any]) -> list[Replaced]:
    """Put a contact in the place of `before` in all agreements and messages of the acting office with this client, and
    take the address of `before` away wherever else it stands there, unless `contact` has that address."""
    values = {
        "office": acting_organisation(), "register": register, "before": json.dumps(before),
        "contact": json.dumps(contact), "address": address_replaced(before, contact),
    }  # fmt: skip
    replaced = [
        Replaced(subject, row.id, *_first_change(row.before, row.after))
        for subject, statement in (("escalation", IN_ESCALATIONS), ("agreement", IN_AGREEMENTS))
        for row in db.session.execute(statement, values)
    ]
    db.session.expire_all()
    return replaced


def _first_change(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the first contact that is not as it was, as it was and as it is; both the same where none changed."""
    pairs = list(zip(before, after, strict=True))
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def address_replaced(before: dict[str, Any] | None, contact: dict[str, Any]) -> str | None:
    """Return the address that this change says is wrong, as it is compared; None when the address stays or was none."""
    old, new = (((each or {}).get("email") or "").strip().lower() for each in (before, contact))
    return old if old and old != new else None


def end_links_to(address: str, register: UUID) -> int:
    """End the acting office's unused links to this client that were mailed to this address, which it replaced. Returns
    how many."""
    values = {"office": acting_organisation(), "register": register, "address": address.strip().lower()}
    return len(db.session.execute(LINKS_ENDED, values).all())


def remember_at_client(agreement_id: UUID, what: str) -> None:
    """Record in the client's own history that the acting office changed a contact of this agreement; `what` is one of
    CHANGES."""
    db.session.execute(REMEMBERED, {"agreement": agreement_id, "what": what})
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
