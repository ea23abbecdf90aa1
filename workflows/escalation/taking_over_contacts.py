"""A contact said by the yearly mail's link that they are not the contact any more: the office puts another there.

Whom they named is a statement; the office fills in what is right, in one act, with a second factor of that moment and
within the limit of a day on changed contacts, as where a contact is corrected or checked. All agreements and messages
of the clients that had this address get the new contact, or keep it where it stands already. Unused links to the old
address end, and what a client does not know yet is mailed to the new contact at once, if it was not before.
The test client keeps its contact: no message of a test goes to somebody else.
Another person may read the same address, such as info@: then only the person changes (same_mailbox).
"""

from datetime import date
from typing import Any
from uuid import UUID

from tenants.agreements.asked_contacts import Place, places_of, said_no
from tenants.agreements.contact_standing import ContactStanding, as_contact
from tenants.agreements.corrected_contacts import end_links_to, remember_at_clients
from tenants.agreements.doubted_contacts import is_address_doubted, lock_agreements, lock_messages
from tenants.agreements.other_people import as_name, ask_anew
from tenants.agreements.replaced_contacts import Replaced, replace_contact
from tenants.errors import AlreadyDone, Invalid, NotAllowed
from tenants.history.entries import Actor
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.admission import refuse_unless_admitted
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit
from workflows.escalation.confirming_contacts import who_heard, write_again
from workflows.escalation.correcting_contacts import record_replaced
from workflows.law.periods import AMSTERDAM
from workflows.mail.changed_addresses import ChangedAddresses, tell_of_changed
from workflows.mail.limits import is_over
from workflows.mail.same_mailbox import end_no, noticing_other_people


def take_over(contact_id: UUID, contact: dict[str, Any], by: Actor) -> int:
    """Put this contact in the place of the one that said no; returns at how many clients.

    Raises NotAllowed without a second factor of at most five minutes ago, where the office is not admitted, and where
    the test client alone has this address, NotFound for another address, AlreadyDone when somebody did it meanwhile,
    and Invalid for the person who said no at this address, for an address in doubt, and for more changes than a day
    allows.
    """
    refuse_unless_seat_counts(by)
    refuse_unless_admitted()
    row = said_no(contact_id)
    everywhere = clients_of(row)
    places = [place for place in everywhere if not place.is_test]
    now = {name: value for name, value in contact.items() if value}
    if not places:
        raise NotAllowed("client.of_tests")
    _refuse(row, places, now)
    registers = sorted({place.controller_id for place in places})
    lock_agreements(place.agreement_id for place in places)
    lock_messages(registers)
    replaced = _put(row, places, now, by)
    if not replaced:
        raise AlreadyDone("contact.taken_over")
    if len(places) < len(everywhere):
        ask_anew([row.address])
    heard = who_heard(replaced)
    record_replaced(replaced, by)
    remember_at_clients(
        (each.subject_id for each in replaced if each.subject == "agreement"), "agreement.contact_replaced"
    )
    write_again(registers, now, heard)
    hint_after_commit(acting_organisation())
    return len(registers)


def _put(row: ContactStanding, places: list[Place], now: dict[str, Any], by: Actor) -> list[Replaced]:
    """Put the contact there. An address that stays is right: its links live, nobody is told that addresses changed, and
    its new holder is asked."""
    address, registers = row.address, {place.controller_id for place in places}
    is_same = as_contact(now.get("email") or "") == address
    if not is_same:
        tell_of_changed([ChangedAddresses(place.agreement_id, place.controller_name, ()) for place in places], by)
    with noticing_other_people(by):
        replaced = replace_contact(registers, None, now, address)
        if is_same:
            end_no([address], by)
        else:
            end_links_to(address, registers)
    return replaced


def clients_of(row: ContactStanding) -> list[Place]:
    """Return where this address stands in the acting office's agreements, whether or not they are in force."""
    return clients_of_each([row]).get(row.address, [])


def clients_of_each(rows: list[ContactStanding]) -> dict[str, list[Place]]:
    """Return the same for each of these addresses, by address, in one query."""
    return places_of([row.address for row in rows], _today())


def _today() -> date:
    return database_now().astimezone(AMSTERDAM).date()


def _refuse(row: ContactStanding, places: list[Place], now: dict[str, Any]) -> None:
    address = as_contact(now.get("email") or "")
    if address == row.address and _is_same_person(row, places, now):
        raise Invalid("contact.said_no_here", "name")
    if any(place.is_doubted for place in places):
        raise Invalid("contact.doubted", "email")
    if is_address_doubted(address):
        raise Invalid("contact.address_doubted", "email")
    if is_over("contact", now.get("email") or str(row.id)):
        key, field = ("mailed_too_often", "email") if address else ("changed_too_often", "phone")
        raise Invalid(f"contact.{key}", field)


def _is_same_person(row: ContactStanding, places: list[Place], now: dict[str, Any]) -> bool:
    """Whether this is the person who said no, and not somebody else who reads the mail at that address.

    Where the address went after the no, and the office put it back, nobody knows any more who that was.
    """
    is_back = row.says_no_at is not None and row.says_no_at < row.since
    name = as_name(now.get("name"))
    return not is_back and all(as_name(place.contact.get("name")) == name for place in places)
