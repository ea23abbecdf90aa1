"""The office says that an address to which mail returned is right after all: it was full, or refused for a day.

Its mark goes, and the history says who took it away. The contact is asked anew whether they still are, at once, within
the limits of a day on that mail: when that mail returns too, the mark is back.
"""

from uuid import UUID

from tenants.agreements.asked_contacts import bounced_contact, places_of
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import database_now
from tenants.organisations.admission import refuse_unless_admitted
from workflows.engine.advance import refuse_while_seat_waits
from workflows.law.periods import AMSTERDAM


def address_is_right(contact_id: UUID, by: Actor) -> str:
    """Take the mark of a returned mail from this address of the acting office; return the address.

    Raises NotAllowed when the office is not admitted or the seat of `by` does not count yet, NotFound for another
    address, and AlreadyDone when mail does not return there any more or its holder said that it is not theirs.
    """
    refuse_unless_admitted()
    refuse_while_seat_waits(by)
    row, now = bounced_contact(contact_id), database_now()
    row.bounced_at = row.bounce_reason = row.asked_at = row.reminded_at = None
    row.next_at = now
    record(
        Entry("agreement", place.agreement_id, "contact.address_right", by,
              {"client_number": place.client_number, "contact": place.place})
        for place in places_of([row.address], now.astimezone(AMSTERDAM).date()).get(row.address, [])
    )  # fmt: skip
    return row.address
