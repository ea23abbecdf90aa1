"""An office keeps the contacts of a client right: who is written to, in which order, and how each can be reached.

They are the same in all agreements of the client, and are not dated. Three protections stand:

- A client gets its first address, one is taken away, or another one put before it, with a second factor of that moment,
  within the limits of a day; who had it and the owners are mailed (mailed_addresses).
- A contact to whom a message went that its client has not decided about stays as it is here. It is corrected at that
  message (workflows/escalation/correcting_contacts.py): so the message follows to the new address, with a second factor
  of that moment, within the limits of a day.
- A contact whose mail led to somebody else is settled on its own page (confirming_contacts.py).
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tenants.agreements.changed_agreements import WrittenTo, addresses_in, put_contacts, written_to
from tenants.agreements.clients import Client, locked_with_messages
from tenants.errors import Invalid, ManyInvalid
from tenants.history.entries import Actor, Entry, record
from tenants.organisations.admission import refuse_unless_admitted
from workflows.agreements.doubled_contacts import doubled
from workflows.agreements.mailed_addresses import allow, changed_by, refuse_token_unless_it_adds, ways_of
from workflows.mail.same_mailbox import noticing_other_people

Contact = dict[str, Any]


def set_contacts(agreement_id: UUID, contacts: list[Contact], seen: int, by: Actor) -> None:
    """Let these be the contacts of the client of this agreement, in this order.

    A contact that waits for the office's check is sent as any other, and keeps its mark. `seen`: the version of the
    client that `by` looked at. Raises NotAllowed when the office is not admitted, and as `allow` does for an address
    that goes or moves; NotFound, OutOfDate, and ManyInvalid for a contact that is doubled, in doubt, or written to in
    an open message, each at its row.
    """
    refuse_unless_admitted()
    client = locked_with_messages(agreement_id, seen)
    wanted = [ways_of(contact) for contact in contacts]
    faults = [*doubled(wanted), *_of_doubted(client, wanted), *_of_messages(client, wanted)]
    if faults:
        raise ManyInvalid(faults)
    marked = [_marked(client, contact) for contact in wanted]
    before = client.current.contacts
    if all(agreement.contacts == marked for agreement in client.agreements):
        return
    name, present = client.current.controller_name, [agreement.contacts for agreement in client.agreements]
    refuse_token_unless_it_adds(by, name, present, marked)
    allow(changed_by(client, marked), by)
    with noticing_other_people(by):
        put_contacts(client, marked)
    details = {"client_number": client.current.client_number}
    personal = {"contacts": marked, "contacts_before": before}
    record([Entry("agreement", client.current.id, "agreement.contacts_changed", by, details, personal, seen)])


def messages_to(client: Client) -> list[WrittenTo]:
    """Return the contacts of this client that are corrected at a message, because it is open: each once."""
    first: dict[str, WrittenTo] = {}
    for sent in written_to(client):
        if any(_is_same(sent.contact, contact) for contact in client.current.contacts):
            first.setdefault(str(ways_of(sent.contact)), sent)
    return list(first.values())


def _of_doubted(client: Client, wanted: list[Contact]) -> Iterator[Invalid]:
    """Give a fault for each contact in doubt that is left out or changed, and each new one at an address in doubt."""
    doubted = [ways_of(contact) for contact in client.doubted]
    for contact in doubted:
        if contact not in wanted:
            yield Invalid("contact.doubted_stays", "contacts", name=contact["name"])
    for nth, contact in enumerate(wanted):
        if contact not in doubted and addresses_in([contact]) & addresses_in(doubted):
            yield Invalid("contact.address_doubted", f"contacts.{nth}.email")


def _of_messages(client: Client, wanted: list[Contact]) -> Iterator[Invalid]:
    present = [ways_of(contact) for contact in client.current.contacts]
    for sent in messages_to(client):
        held = [contact for contact in present if _is_same(sent.contact, contact)]
        for contact in held:
            if contact not in wanted:
                yield Invalid("contact.in_open_message", "contacts", name=contact["name"], reference=sent.reference)


def _is_same(sent: Contact, contact: Contact) -> bool:
    """Whether a message went to this contact: by its address, or as the very same contact."""
    return bool(addresses_in([sent]) & addresses_in([contact])) or ways_of(sent) == ways_of(contact)


def _marked(client: Client, contact: Contact) -> Contact:
    return next((doubted for doubted in client.doubted if ways_of(doubted) == contact), contact)
