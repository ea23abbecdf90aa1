"""The office says that an address to which mail returned is right after all: it was full, or refused for a day.

Its mark goes in the act that plans a mail there, which asks anew whether this still is the contact: when that mail
returns too, the mark is back. Where that mail may not go today, the mark stays and the office tries again tomorrow. A
person says so, and no API token: a program cannot know that an address is right, and would hide those that fail.
"""

from uuid import UUID

from tenants.agreements.asked_contacts import bounced_contact, places_of
from tenants.agreements.contact_standing import ContactStanding
from tenants.database import db
from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import database_now
from tenants.organisations.admission import refuse_unless_admitted
from workflows.engine.advance import refuse_while_seat_waits
from workflows.escalation.asking_contacts import ask_these
from workflows.law.periods import AMSTERDAM


def address_is_right(contact_id: UUID, by: Actor) -> str:
    """Take the mark of a returned mail from this address of the acting office, and mail it; return the address.

    Raises NotAllowed for an API token, when the office is not admitted or the seat of `by` does not count yet, NotFound
    for another address, AlreadyDone when mail does not return there any more or its holder said that it is not theirs,
    and Invalid where it cannot be mailed today.
    """
    refuse_unless_admitted()
    refuse_while_seat_waits(by)
    if by.is_token:
        raise NotAllowed("contact.right_not_by_token")
    row, now = bounced_contact(contact_id), database_now()
    places = places_of([row.address], now.astimezone(AMSTERDAM).date()).get(row.address, [])
    mailed = [place for place in places if place.is_in_force and not place.is_test]
    if not mailed or any(place.is_doubted for place in places):
        raise Invalid("contact.not_testable")
    _test(row)
    record(
        Entry("agreement", place.agreement_id, "contact.address_right", by,
              {"client_number": place.client_number, "contact": place.place})
        for place in places
    )  # fmt: skip
    return row.address


def _test(row: ContactStanding) -> None:
    row.bounced_at = row.bounce_reason = row.asked_at = row.reminded_at = None
    db.session.flush()
    db.session.refresh(row)
    if not ask_these([row]):
        raise Invalid("contact.tested_today")
