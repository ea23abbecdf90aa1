"""A contact is corrected, or added, while the office calls a client: the link to its register is mailed there.

So a client whom mail did not reach can open its register after the call. Who may change contacts, and the proof that
it takes, are as for a contact in doubt (confirming_contacts). A contact in doubt is settled there, not here.
"""

from typing import Any
from uuid import UUID

from tenants.agreements.corrected_contacts import locked_client_of, put_contact
from tenants.errors import Invalid, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE, Escalation
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit
from workflows.escalation.escalation_mail import write_to_next_contact
from workflows.mail.batches import addressee


def correct_contact(escalation_id: UUID, place: int, contact: dict[str, Any], by: Actor) -> str:
    """Put this contact in the place of the contact at `place` (from 1; one more than there are adds one).

    Returns "mailed" when the link was mailed there, "kept" for a contact without a mail address. Raises NotAllowed
    without a second factor of at most five minutes ago, NotFound for another place, and Invalid for a contact that
    nobody can reach, for one that waits for the office's check, and for an address in doubt.
    """
    refuse_unless_seat_counts(by)
    about = locked_client_of(escalation_id)
    before = contact_at(about, place)
    now = {name: value for name, value in contact.items() if value}
    _refuse(about, before, now)
    put_contact(about, before, now)
    _record(about, before, now, by)
    return "mailed" if _write_to(about, place, now) else "kept"


def contact_at(about: Escalation, place: int) -> dict[str, Any] | None:
    """Return the contact at this place, from 1; None for the place after the last. Raises NotFound for another one."""
    if not 1 <= place <= len(about.contacts) + 1:
        raise NotFound("contact.unknown")
    return about.contacts[place - 1] if place <= len(about.contacts) else None


def _refuse(about: Escalation, before: dict[str, Any] | None, now: dict[str, Any]) -> None:
    if not now.get("email") and not now.get("phone"):
        raise Invalid("contact.no_way_to_reach", "email")
    if before is not None and LED_ELSEWHERE in before:
        raise Invalid("contact.doubted", "email")
    doubted = {(contact.get("email") or "").strip().lower() for contact in about.doubted}
    if (now.get("email") or "").strip().lower() in doubted - {""}:
        raise Invalid("contact.address_doubted", "email")


def _record(about: Escalation, before: dict[str, Any] | None, now: dict[str, Any], by: Actor) -> None:
    what = "added" if before is None else "replaced"
    personal = {"contact": now, **({"before": before} if before else {})}
    record([
        Entry("agreement", about.agreement_id, f"agreement.contact_{what}", by, {}, personal),
        Entry("escalation", about.id, "escalation.contact_corrected", by, {}, personal),
    ])  # fmt: skip
    hint_after_commit(acting_organisation())


def _write_to(about: Escalation, place: int, contact: dict[str, Any]) -> bool:
    """Mail the message to this contact. No later contact is written to a second time."""
    if addressee(contact["name"], contact.get("email") or "") is None:
        return False
    written_to = about.rung
    about.rung = min(written_to, place - 1)
    write_to_next_contact([about])
    about.rung = max(about.rung, written_to)
    return True
