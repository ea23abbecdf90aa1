"""An office checks a contact whose mail led to somebody else (Art. 28): it confirms it, or replaces it.

What was not told yet is mailed to that contact at once, unless the controller was called in the meantime.
"""

from uuid import UUID

from tenants.agreements.corrected_contacts import address_replaced, end_links_to, remember_at_client, replace_contact
from tenants.agreements.doubted_contacts import locked_contact, settle_contact, untold_at
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit
from workflows.escalation.correcting_contacts import record_replaced
from workflows.escalation.escalation_mail import write_to_next_contact
from workflows.mail.batches import addressee


def confirm_contact(agreement_id: UUID, place: int, contact: dict[str, str], by: Actor) -> str:
    """Confirm or replace this contact, in one act. Returns "confirmed" or "replaced".

    Raises NotAllowed without a second factor of at most five minutes ago, NotFound when there is no such contact,
    AlreadyDone when it does not wait for a check any more.
    """
    refuse_unless_seat_counts(by)
    agreement, before = locked_contact(agreement_id, place)
    now = {name: value for name, value in contact.items() if value}
    was = {name: value for name, value in before.items() if name != LED_ELSEWHERE}
    outcome = "confirmed" if now.get("email") == was.get("email") else "replaced"
    register, number = agreement.controller_id, agreement.client_number
    settle_contact(register, before.get("email") or "", now)
    if old := address_replaced(before, now):
        record_replaced(replace_contact(register, was, now), by)
        end_links_to(old, register)
    write_again(register, now)
    details, personal = {"client_number": number}, {"contact": now, "before": was}
    what = f"agreement.contact_{outcome}"
    record([Entry("agreement", agreement_id, what, by, details, personal)])
    remember_at_client(agreement_id, what)
    hint_after_commit(acting_organisation())
    return outcome


def write_again(register: UUID, contact: dict[str, str]) -> None:
    """Write to this contact, if it has an address; no later contact is written to a second time."""
    if addressee(contact.get("name") or "", contact.get("email") or "") is None:
        return
    waiting = [escalation for escalation in untold_at(register) if contact in escalation.contacts]
    before = {escalation.id: escalation.rung for escalation in waiting}
    for escalation in waiting:
        escalation.rung = min(escalation.rung, escalation.contacts.index(contact))
    write_to_next_contact(waiting, [contact])
    for escalation in waiting:
        escalation.rung = max(escalation.rung, before[escalation.id])
