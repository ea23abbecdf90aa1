"""An office checks a contact whose mail led to somebody else (Art. 28): it confirms it, or replaces it.

What was not told yet is mailed to that contact at once, unless the controller was called in the meantime.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tenants.agreements.clients import client_of, refuse_test_client, versions_before
from tenants.agreements.contact_standing import as_contact
from tenants.agreements.corrected_contacts import end_links_to, remember_at_clients
from tenants.agreements.doubted_contacts import is_address_doubted, locked_contact, untold_at
from tenants.agreements.replaced_contacts import Replaced, address_replaced, replace_contact, settle_contact
from tenants.errors import Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE, Escalation
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit
from workflows.escalation.correcting_contacts import record_replaced
from workflows.escalation.escalation_mail import places_written_to, write_to_next_contact
from workflows.mail.batches import addressee
from workflows.mail.changed_addresses import ChangedAddresses, tell_of_changed
from workflows.mail.same_mailbox import noticing_other_people


def confirm_contact(agreement_id: UUID, place: int, contact: dict[str, str], by: Actor) -> str:
    """Confirm or replace this contact, in one act. Returns "confirmed" or "replaced".

    Raises NotAllowed without a second factor of at most five minutes ago and for another address of the test client,
    NotFound when there is no such contact, AlreadyDone when it does not wait for a check any more, and Invalid for
    another address that waits for a check.
    """
    refuse_unless_seat_counts(by)
    agreement, before = locked_contact(agreement_id, place)
    now = {name: value for name, value in contact.items() if value}
    was = {name: value for name, value in before.items() if name != LED_ELSEWHERE}
    register, number, old = agreement.controller_id, agreement.client_number, address_replaced(before, now)
    if old and is_address_doubted(now.get("email") or ""):
        raise Invalid("contact.address_doubted", "email")
    if old:
        refuse_test_client(client_of(agreement_id))
        tell_of_changed([ChangedAddresses(agreement_id, agreement.controller_name, (before,))], by)
    with noticing_other_people(by):
        settled, elsewhere = settle_contact(register, before.get("email") or "", now), list[Replaced]()
        if old:
            elsewhere = replace_contact([register], was, now, old)
            end_links_to(old, [register])
    heard = who_heard([*settled, *elsewhere])
    moved = [each for each in settled if each.subject == "escalation" and each.removed]
    record_replaced([*moved, *elsewhere], by)
    outcome = "confirmed" if now.get("email") == was.get("email") else "replaced"
    details, personal = {"client_number": number}, {"contact": now, "before": was}
    version = versions_before([agreement_id]).get(agreement_id)
    record([Entry("agreement", agreement_id, f"agreement.contact_{outcome}", by, details, personal, version)])
    remember_at_clients([agreement_id], f"agreement.contact_{outcome}")
    write_again([register], now, heard)
    hint_after_commit(acting_organisation())
    return outcome


def who_heard(replaced: Iterable[Replaced]) -> set[UUID]:
    """Return the messages that were mailed to the new contact already, where it stood before it was put in the place of
    another one. Call this before the change is recorded: the places that it reads are those of before."""
    stood = {each.subject_id: each.stood_at for each in replaced if each.subject == "escalation" and each.stood_at}
    places = places_written_to(stood) if stood else {}
    return {message for message, place in stood.items() if place in places.get(message, ())}


def write_again(registers: Iterable[UUID], contact: dict[str, Any], heard: set[UUID]) -> None:
    """Write what informed nobody yet to this contact of these clients, if it has an address and its turn has been.

    No later contact is written to a second time. `heard`: the messages that were mailed to this contact already.
    """
    address = as_contact(contact.get("email") or "")
    if addressee(contact.get("name") or "", contact.get("email") or "") is None:
        return
    waiting: list[Escalation] = []
    contacts: list[dict[str, Any]] = []
    before: dict[UUID, int] = {}
    for message in untold_at(registers):
        nth = next((nth for nth, each in enumerate(message.contacts) if _is_at(each, address)), message.rung)
        if nth < message.rung and message.id not in heard:
            before[message.id], message.rung = message.rung, nth
            waiting.append(message)
            contacts += [message.contacts[nth]] if message.contacts[nth] not in contacts else []
    write_to_next_contact(waiting, contacts)
    for message in waiting:
        message.rung = max(message.rung, before[message.id])


def _is_at(contact: dict[str, Any], address: str) -> bool:
    return LED_ELSEWHERE not in contact and as_contact(contact.get("email") or "") == address
