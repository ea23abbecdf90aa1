"""The test client of an office: an organisation that it made to send a test to, of which nobody claims a number.

There is one for each office. It counts in no number of clients and in no limit; an incident hits it alone.
"""

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from tenants.agreements.corrected_contacts import remember_at_clients
from tenants.agreements.processing_agreements import OF_TESTS, SERVICES, ProcessingAgreement
from tenants.database import db
from tenants.history.entries import Actor, Entry, crossed, record
from tenants.isolation import acting_organisation
from tenants.organisations.admission import refuse_unless_admitted

MAKE = text("select * from make_test_client(:called, cast(:contact as jsonb), :services)")
RECEIVED = text("""
    select exists (select from escalation e
                     join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
                    where e.processor_id = :me and i.is_test and e.acknowledged_at is not null)""")
MADE, CHANGED = "made", "changed"


@dataclass(frozen=True)
class ClientOfTests:
    """The test client's agreement and client number."""

    agreement_id: UUID
    client_number: str


def make_test_client(called: str, by: Actor, email: str) -> ClientOfTests:
    """Make the test client of the acting office, with this person as its only contact; there is one already: it gets
    this contact. Both histories record it. Raises NotAllowed when the office is not admitted."""
    refuse_unless_admitted()
    contact = {"name": by.name, "email": email}
    row = db.session.execute(MAKE, {"called": called, "contact": json.dumps(contact), "services": list(SERVICES)}).one()
    what = {MADE: "agreement.registered", CHANGED: "agreement.contacts_changed"}.get(row.outcome)
    if what:
        personal = {"contacts": [contact]}
        record([Entry("agreement", row.agreement_id, what, by, {"client_number": row.of_client}, personal)])
    if what and row.outcome == CHANGED:  # the door that makes it writes in the client's history by itself
        remember_at_clients([row.agreement_id], what)
    crossed()
    return ClientOfTests(row.agreement_id, row.of_client)


def is_test_client(client_number: str) -> bool:
    """Whether this is the number of the acting office's test client."""
    mine = (ProcessingAgreement.processor_id == acting_organisation()) & OF_TESTS
    return db.session.scalar(select(ProcessingAgreement.client_number).where(mine).limit(1)) == client_number


def was_test_received() -> bool:
    """Whether somebody confirmed the receipt of a test that the acting office sent."""
    return bool(db.session.scalar(RECEIVED, {"me": acting_organisation()}))
