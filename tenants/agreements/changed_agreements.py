"""The acting office changes, ends and renames its agreements, through doors that hold to the rules and tell the client.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.clients import Client
from tenants.agreements.contact_standing import as_contact
from tenants.agreements.corrected_contacts import remember_at_clients
from tenants.agreements.doubted_contacts import OF_CLIENT
from tenants.database import db
from tenants.history.entries import crossed
from tenants.isolation import acting_organisation

CHANGE = text("select change_agreement(:agreement, :from_day, :to_day, :hours, cast(:roles as jsonb))")
END = text("select end_agreement(:agreement, :last_day)")
RENAME = text("select rename_client(:agreement, :name, :number)")
CONTACTS = text("""
    update processing_agreement set contacts = cast(:contacts as jsonb)
     where processor_id = :office and id = any(:agreements)""")
NUMBER_OF = text("""
    select controller_name from processing_agreement
     where processor_id = :office and lower(client_number) = lower(:number) and not id = any(:agreements) limit 1""")
# What a client has not decided about: its people are still mailed about it.
OPEN_MESSAGES = text(f"""
    select t.id, t.incident_id, i.reference, c.nth as place, c.contact
      from escalation t join incident i on i.organisation_id = t.processor_id and i.id = t.incident_id
     cross join lateral jsonb_array_elements(t.contacts) with ordinality as c(contact, nth)
     where t.processor_id = :office and {OF_CLIENT} and t.decision is null order by t.id, c.nth""")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is agreed with a client from a local day on. `in_force_to` None: no end; `hours_to_notify` None: "without
    undue delay"; `services`: the office's role in each."""

    in_force_from: date
    in_force_to: date | None
    hours_to_notify: int | None
    services: dict[str, str]


@dataclass(frozen=True)
class WrittenTo:
    """A contact of a message that its client has not decided about: the message, its incident, and which place of it.
    """

    escalation_id: UUID
    incident_id: UUID
    reference: str
    place: int
    contact: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the contact."""
        return str(self.contact.get("name") or "")


def put_terms(agreement_id: UUID, terms: Terms) -> UUID:
    """Let these terms follow this agreement, or correct it from its own first day. Returns the agreement that has them.
    """
    values = {
        "agreement": agreement_id, "from_day": terms.in_force_from, "to_day": terms.in_force_to,
        "hours": terms.hours_to_notify, "roles": json.dumps(terms.services),
    }  # fmt: skip
    changed: UUID = db.session.scalar(CHANGE, values)
    crossed()
    db.session.expire_all()
    return changed


def put_end(agreement_id: UUID, last_day: date) -> list[UUID]:
    """Let this be the last local day of the agreement. Returns later ones of the client that are withdrawn: they never
    were in force."""
    withdrawn: list[UUID] = db.session.scalar(END, {"agreement": agreement_id, "last_day": last_day})
    crossed()
    db.session.expire_all()
    return withdrawn


def put_name(agreement_id: UUID, name: str, client_number: str) -> None:
    """Give all agreements of this client this name and client number."""
    db.session.execute(RENAME, {"agreement": agreement_id, "name": name, "number": client_number})
    crossed()
    db.session.expire_all()


def put_contacts(client: Client, contacts: list[dict[str, Any]]) -> None:
    """Set the contacts of all agreements of this client; the client's history says that they changed."""
    agreements = [agreement.id for agreement in client.agreements]
    values = {"office": acting_organisation(), "agreements": agreements, "contacts": json.dumps(contacts)}
    db.session.execute(CONTACTS, values)
    remember_at_clients([client.current.id], "agreement.contacts_changed")
    db.session.expire_all()


def name_with_number(client_number: str, client: Client) -> str | None:
    """Return the name of another client of the acting office that has this number; None when nobody has it."""
    values = {
        "office": acting_organisation(), "number": client_number, "agreements": [a.id for a in client.agreements],
    }  # fmt: skip
    name: str | None = db.session.scalar(NUMBER_OF, values)
    return name


def written_to(client: Client) -> list[WrittenTo]:
    """Return each contact in a message to this client that it has not decided about."""
    values = {"office": acting_organisation(), "registers": [client.current.controller_id]}
    return [WrittenTo(*row) for row in db.session.execute(OPEN_MESSAGES, values)]


def addresses_in(contacts: Iterable[dict[str, Any]]) -> set[str]:
    """Return the mail addresses of these contacts, as they are compared."""
    return {as_contact(contact.get("email") or "") for contact in contacts} - {""}
