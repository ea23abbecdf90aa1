"""A contact of a client is corrected or added by the office, in its agreements and in its messages to that client."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.doubted_contacts import ITS_AGREEMENTS, ITS_LINKS, ITS_MESSAGES, OF_CLIENT, OFFICE
from tenants.database import db
from tenants.history.entries import History, crossed, of_subjects
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation, escalation

CORRECTED = """
    update {table} t set contacts = (
      select jsonb_agg(case when c.contact = cast(:before as jsonb) then cast(:contact as jsonb) else c.contact end
                       order by c.nth)
        from jsonb_array_elements(t.contacts) with ordinality as c(contact, nth))
     where t.processor_id = :office and t.contacts @> jsonb_build_array(cast(:before as jsonb)) and {of_client}"""
IN_AGREEMENTS = text(CORRECTED.format(table="processing_agreement", of_client="t.controller_id = :register"))
IN_ESCALATIONS = text(CORRECTED.format(table="escalation", of_client=OF_CLIENT))
ADDED = text("""
    update processing_agreement set contacts = contacts || jsonb_build_array(cast(:contact as jsonb))
     where processor_id = :office and id = :agreement""")
ADDED_HERE = text("""
    update escalation set contacts = contacts || jsonb_build_array(cast(:contact as jsonb))
     where processor_id = :office and id = :escalation""")


# A link that was used stays as it is, and so does one to an address that another contact of the message still has.
LINKS_ENDED = text(f"""
    update invitation i set withdrawn_at = now() from escalation t
     where t.processor_id = :office and {OF_CLIENT} and i.organisation_id = t.controller_id
       and i.breach_id = t.breach_id and i.email = :address and i.used_at is null and i.withdrawn_at is null
       and i.expires_at > now()
       and not exists (select from jsonb_array_elements(t.contacts) c where lower(trim(c->>'email')) = i.email)
    returning i.id""")
AGREEMENTS = text("""
    select id, contacts from processing_agreement where processor_id = :office and controller_id = :client""")
REMEMBERED = text("select remember_contact(:agreement, :what)")
CHANGES = ("agreement.contact_added", "agreement.contact_replaced", "agreement.contact_confirmed")


def locked_client_of(escalation_id: UUID) -> Escalation:
    """Return the escalation, and lock all agreements, unused links and messages between the acting office and its
    client.

    Raises NotFound.
    """
    row = escalation(escalation_id)
    values = {"office": acting_organisation(), "agreement": row.agreement_id}
    db.session.execute(OFFICE, values)
    db.session.execute(ITS_AGREEMENTS, values)
    for statement in (ITS_LINKS, ITS_MESSAGES):
        db.session.execute(statement, values | {"register": row.controller_id})
    db.session.refresh(row)
    return row


def put_contact(about: Escalation, before: dict[str, Any] | None, contact: dict[str, Any]) -> None:
    """Put a contact in the place of `before` wherever this client has that one; without `before`, at the end of this
    message and its agreement."""
    values = {
        "office": acting_organisation(), "register": about.controller_id, "escalation": about.id,
        "agreement": about.agreement_id, "before": json.dumps(before), "contact": json.dumps(contact),
    }  # fmt: skip
    for statement in (ADDED_HERE, ADDED) if before is None else (IN_ESCALATIONS, IN_AGREEMENTS):
        db.session.execute(statement, values)
    db.session.expire_all()


def end_links_to(address: str, register: UUID) -> int:
    """End the acting office's unused links to this client that were mailed to an address which no contact of the
    message has any more. Returns how many."""
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
