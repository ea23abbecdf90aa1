"""A contact is corrected, or added, while the office calls a client: the link to its register is mailed there.

So a client whom mail did not reach can open its register after the call. Who may change contacts, and the proof that
it takes, are as for a contact in doubt (confirming_contacts). A contact in doubt is settled there, not here.

The office says that the old address is wrong: it goes from all agreements and messages with this client, whatever
name or telephone number stands beside it. Links to it that nobody used open and confirm nothing from then on, and mail
that waits for it is not sent (mail.set_aside). Who was mailed here is not mailed again when its turn comes.
"""

from typing import Any
from uuid import UUID

from tenants.agreements.clients import client_of, refuse_test_client, versions_before
from tenants.agreements.contact_standing import as_contact
from tenants.agreements.corrected_contacts import (
    add_contact,
    changes_of_contacts,
    end_links_to,
    is_in_its_register,
    locked_client_of,
    most_contacts_of,
    remember_at_clients,
)
from tenants.agreements.processing_agreements import MOST_CONTACTS
from tenants.agreements.replaced_contacts import Replaced, address_replaced, replace_contact
from tenants.errors import Invalid, NotFound
from tenants.history.entries import Actor, Entry, History, record
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE, Escalation
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit
from workflows.escalation.escalation_mail import write_to_next_contact
from workflows.mail.batches import Addressee, addressee
from workflows.mail.changed_addresses import ChangedAddresses, tell_of_changed
from workflows.mail.limits import is_over
from workflows.mail.same_mailbox import noticing_other_people

CHANGED_MEANWHILE = "contact.changed_meanwhile"


def correct_contact(escalation_id: UUID, place: int, contact: dict[str, Any], seen: int, by: Actor) -> str:
    """Put this contact in the place of the contact at `place` (from 1; one more than there are adds one).

    `seen`: the newest change of this client's contacts that `by` has seen (`newest_change`). The same form sent twice
    changes and mails once. Returns "mailed" when the link was mailed there, "kept" for a contact without a mail
    address, and "decided" or "ended" when nothing is mailed: the client decided about the breach, or the message stands
    in a register for which this office does not work any more. Raises NotAllowed without a second factor of at most
    five minutes ago and for the test client, NotFound for another place, and Invalid for a contact that nobody can
    reach, that waits for the office's check, or that was changed after `seen`, for an address in doubt, for more
    contacts than MOST_CONTACTS, and for more changes than a day allows (REFUSED).
    """
    refuse_unless_seat_counts(by)
    about = locked_client_of(escalation_id)
    refuse_test_client(client_of(about.agreement_id))
    before = contact_at(about, place)
    now = {name: value for name, value in contact.items() if value}
    to = addressee(now["name"], now.get("email") or "")
    outcome = _outcome(about) if to else "kept"
    if _is_done(about, before, now, seen, by):
        return outcome
    _refuse(about, before, now)
    _refuse_too_many_of_a_day(about, to)
    old = address_replaced(before, now)
    _tell(about, before, now, by)
    with noticing_other_people(by):
        replaced = _put(about, before, now, old)
    ended = end_links_to(old, [about.controller_id]) if old else 0
    _record(about, before, now, ended, replaced, by)
    if outcome == "mailed":
        here = next((each.place for each in replaced if each.subject_id == about.id), place)
        _write_to(about, here)
    return outcome


def _outcome(about: Escalation) -> str:
    """Return whether a contact with an address is mailed: a client that decided is not asked to decide, and a link to a
    register that ended this office opens nothing."""
    if about.decision is not None:
        return "decided"
    return "mailed" if is_in_its_register(about) else "ended"


def _refuse_too_many_of_a_day(about: Escalation, to: Addressee | None) -> None:
    """Count this change, at the address that is mailed, and without one at the client. Raises Invalid."""
    if is_over("contact", to.address if to else str(about.controller_id)):
        key, field = ("mailed_too_often", "email") if to else ("changed_too_often", "phone")
        raise Invalid(f"contact.{key}", field)


def newest_change(about: Escalation) -> int:
    """Return the number of the newest entry that changed a contact of this client; 0 when there is none."""
    return max((entry.seq for entry in changes_of_contacts(about)), default=0)


def contact_at(about: Escalation, place: int) -> dict[str, Any] | None:
    """Return the contact at this place, from 1; None for the place after the last. Raises NotFound for another one."""
    if not 1 <= place <= len(about.contacts) + 1:
        raise NotFound("contact.unknown")
    return about.contacts[place - 1] if place <= len(about.contacts) else None


def _is_done(about: Escalation, before: dict[str, Any] | None, now: dict[str, Any], seen: int, by: Actor) -> bool:
    """Return whether `by` made this change after `seen`: the same form was sent twice.

    Raises Invalid when the contact that is to be replaced, or the same one as is to be added, was written after `seen`
    otherwise.
    """
    later = [entry for entry in changes_of_contacts(about) if entry.seq > seen]
    if any(entry.actor_id == by.id and entry.details.get("contact") == now for entry in later):
        return True
    written = [
        entry for entry in later
        if entry.details.get("contact") in (None, before, now) or "removed" in entry.details
    ]  # fmt: skip
    if written:
        raise _changed_meanwhile(written[-1], before or now)
    return False


def _changed_meanwhile(entry: History, contact: dict[str, Any]) -> Invalid:
    present = ", ".join(contact[part] for part in ("name", "email", "phone") if contact.get(part))
    return Invalid(CHANGED_MEANWHILE, "name", name=entry.actor_name or "", moment=entry.at, contact=present)


def _refuse(about: Escalation, before: dict[str, Any] | None, now: dict[str, Any]) -> None:
    if not now.get("email") and not now.get("phone"):
        raise Invalid("contact.no_way_to_reach", "email")
    if before is None and most_contacts_of(about) >= MOST_CONTACTS:
        raise Invalid("contact.too_many", "name", most=MOST_CONTACTS)
    if before is not None and LED_ELSEWHERE in before:
        raise Invalid("contact.doubted", "email")
    address = as_contact(now.get("email") or "")
    if address and address in {as_contact(contact.get("email") or "") for contact in about.doubted}:
        raise Invalid("contact.address_doubted", "email")
    if before is None:
        _refuse_doubled(about, address)


def _refuse_doubled(about: Escalation, address: str) -> None:
    for contact in about.contacts:
        if address and as_contact(contact.get("email") or "") == address:
            raise Invalid("contact.stands_here", "email", name=contact.get("name") or contact["email"])


def _tell(about: Escalation, before: dict[str, Any] | None, now: dict[str, Any], by: Actor) -> None:
    """Tell the owners that an address came or went, and whoever had the one that goes."""
    was, new = (as_contact((contact or {}).get("email") or "") for contact in (before, now))
    if was != new:
        gone = (before,) if before and was else ()
        tell_of_changed([ChangedAddresses(about.agreement_id, about.controller_name, gone)], by)


def _put(about: Escalation, before: dict[str, Any] | None, now: dict[str, Any], old: str | None) -> list[Replaced]:
    """Put the contact there, and return what changed in all agreements and messages of this client."""
    if before is None:
        add_contact(about, now)
        return []
    return replace_contact([about.controller_id], before, now, old)


def _record(
    about: Escalation, before: dict[str, Any] | None, now: dict[str, Any], ended: int, replaced: list[Replaced],
    by: Actor,
) -> None:  # fmt: skip
    what = f"agreement.contact_{'added' if before is None else 'replaced'}"
    details = {"links_ended": ended} if ended else {}
    personal = {"contact": now, **({"before": before} if before else {})}
    moved = {each.subject_id: each.moved for each in replaced}
    record([
        Entry("agreement", about.agreement_id, what, by, moved.get(about.agreement_id, {}), personal,
              versions_before([about.agreement_id]).get(about.agreement_id)),
        Entry("escalation", about.id, "escalation.contact_corrected", by, details | moved.get(about.id, {}), personal),
    ])  # fmt: skip
    record_replaced([each for each in replaced if each.subject_id not in (about.id, about.agreement_id)], by)
    remember_at_clients([about.agreement_id], what)
    hint_after_commit(acting_organisation())


def record_replaced(elsewhere: list[Replaced], by: Actor) -> None:
    """Record at each of these agreements and messages which contact it had, and which one it has."""
    what = {"agreement": "agreement.contact_replaced", "escalation": "escalation.contact_corrected"}
    versions = versions_before(each.subject_id for each in elsewhere if each.subject == "agreement")
    record(
        Entry(each.subject, each.subject_id, what[each.subject], by, each.moved,
              {"contact": each.contact, "before": each.before}, versions.get(each.subject_id))
        for each in elsewhere
    )  # fmt: skip


def _write_to(about: Escalation, place: int) -> None:
    """Mail the message to the contact at this place. The others are written to in their order, as before."""
    written_to = about.rung
    about.rung = place - 1
    write_to_next_contact([about], [about.contacts[place - 1]])
    about.rung = place if place == written_to + 1 else written_to
