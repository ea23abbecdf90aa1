"""A contact of a client is corrected or added by the office, in its agreements and in its messages to that client."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.doubted_contacts import ITS_AGREEMENTS, ITS_MESSAGES, OF_CLIENT, OFFICE
from tenants.database import db
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


def locked_client_of(escalation_id: UUID) -> Escalation:
    """Return the escalation, and lock all agreements and messages between the acting office and its client.

    Raises NotFound.
    """
    row = escalation(escalation_id)
    values = {"office": acting_organisation(), "agreement": row.agreement_id}
    db.session.execute(OFFICE, values)
    db.session.execute(ITS_AGREEMENTS, values)
    db.session.execute(ITS_MESSAGES, values | {"register": row.controller_id})
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
