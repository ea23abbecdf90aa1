"""To which addresses the incidents of a client are mailed, in which order: who may change that, and how often a day.

The address that comes first gets the link that opens the client's register. So whoever gives a client its first
address, takes an address away, or puts another one before it, needs a second factor of that moment, within the limit of
a day on changed contacts. Behind the addresses that stand, a contact may be added without. Who had an address that
worked is mailed, and so are the owners. An API token adds contacts behind those that stand, and changes nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.agreements.clients import Client
from tenants.agreements.contact_standing import as_contact
from tenants.agreements.earlier_contacts import Earlier
from tenants.errors import Invalid, ManyInvalid, NotAllowed
from tenants.history.entries import Actor
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.mail.changed_addresses import ChangedAddresses, tell_of_changed
from workflows.mail.limits import are_over

Contact = dict[str, Any]


@dataclass(frozen=True)
class Changed:
    """What one act changes of the addresses of a client. `addresses`: what is mailed about it. `first`: the address
    that comes where another one was; "" when none does. `field`: where a refusal is shown.
    """

    addresses: ChangedAddresses
    controller_id: UUID
    first: str
    field: str


def changed_by(client: Client, contacts: list[Contact]) -> list[Changed]:
    """Return what changes when these become the contacts of this client, of all agreements that have not ended; empty
    when nothing does."""
    counts = [
        agreement for agreement in client.agreements
        if agreement == client.current or agreement.in_force_to is None or agreement.in_force_to >= client.today
    ]  # fmt: skip
    before = [agreement.contacts for agreement in counts]
    if all(_stay(each, contacts) for each in before):
        return []
    current = client.current
    addresses = ChangedAddresses(current.id, current.controller_name, _gone(before, contacts))
    return [Changed(addresses, current.controller_id, _first(current.contacts, contacts), "contacts")]


def changed_by_registered(earlier: Iterable[Earlier], places: dict[str, int]) -> list[Changed]:
    """Return what new agreements with clients that the office had already change. `places`: where each client number
    stands in the list of clients."""
    return [
        Changed(
            ChangedAddresses(row.agreement_id, row.controller_name, _gone_for(row), row.from_day), row.controller_id,
            _first(row.before, row.contacts), f"clients.{places[row.client_number]}.contacts",
        )
        for row in earlier if not _stay(row.before, row.contacts)
    ]  # fmt: skip


def allow(changed: Sequence[Changed], by: Actor) -> None:
    """Count these changes, and mail who had the addresses that go, and the owners; nothing when there are none.

    Call this before contacts are written over. Raises NotAllowed without a second factor of at most five minutes ago,
    which a token never has, and for a seat that does not count yet; and ManyInvalid, each at its client, beyond the
    limit of a day.
    """
    if not changed:
        return
    refuse_unless_seat_counts(by)
    over = are_over("contact", [each.first or str(each.controller_id) for each in changed])
    faults = [
        Invalid("contact.addresses_too_often", each.field, name=each.addresses.client)
        for each, is_over in zip(changed, over, strict=True) if is_over
    ]  # fmt: skip
    if faults:
        raise ManyInvalid(faults)
    tell_of_changed([each.addresses for each in changed], by)


def refuse_token_unless_it_adds(by: Actor, name: str, before: Iterable[list[Contact]], contacts: list[Contact]) -> None:
    """Raise NotAllowed for an API token that changes a contact of the client with this name, or gives it its first
    address. `before`: the contacts of each of its agreements."""
    wanted = [ways_of(contact) for contact in contacts]
    adds = all(_addresses(each) and wanted[: len(each)] == [ways_of(contact) for contact in each] for each in before)
    if by.is_token and not adds:
        raise NotAllowed("contact.not_by_token", name=name)


def ways_of(contact: Contact) -> Contact:
    """Return how this contact is reached, without a mark and without what is blank."""
    return {name: contact[name] for name in ("name", "email", "phone") if contact.get(name)}


def _addresses(contacts: Iterable[Contact]) -> list[str]:
    known = (as_contact(contact.get("email") or "") for contact in contacts)
    return [address for address in known if address]


def _stay(before: Iterable[Contact], contacts: Iterable[Contact]) -> bool:
    """Return whether each address stays where it was in the order of writing; others may come behind them."""
    old, new = _addresses(before), _addresses(contacts)
    return new[: len(old)] == old if old else not new


def _gone(before: Iterable[Iterable[Contact]], contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    stay = set(_addresses(contacts))
    had = {address: contact for each in before for contact in each for address in _addresses([contact])}
    return tuple(contact for address, contact in had.items() if address not in stay)


def _gone_for(row: Earlier) -> tuple[Contact, ...]:
    return _gone([row.before], row.contacts) if row.is_followed else ()


def _first(before: Iterable[Contact], contacts: Iterable[Contact]) -> str:
    """Return the first address that stands where another one, or none, stood."""
    old, new = _addresses(before), _addresses(contacts)
    return next((address for nth, address in enumerate(new) if old[nth : nth + 1] != [address]), "")
