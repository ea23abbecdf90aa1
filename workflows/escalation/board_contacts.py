"""Which contact a row of the board names: who was reached, and how; else who was written to last, and what came of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.register.escalations import LED_ELSEWHERE, Escalation
from tenants.sealing import Seal, seal_unless_destroyed
from workflows.escalation.conversations import Recorded, conversations
from workflows.escalation.incident_board import Row
from workflows.mail.states import NOT_REACHED, REACHED

MAIL, CALLS, RECEIPT = "mail", ("phone", "letter"), "receipt"
MAILED, NOT_ARRIVED = "sent", "failed"
UNKNOWN = "_unknown"
HOW = tuple(f"{how}{whom}" for how in (MAIL, *CALLS, RECEIPT, MAILED, NOT_ARRIVED) for whom in ("", UNKNOWN))


@dataclass(frozen=True)
class RowContact:
    """The contact of a row. `how` is one of HOW: how this contact was reached (mail, phone, letter, or by confirming
    the receipt), or what became of the mail to a contact who was not (sent or failed); None when nobody wrote to it.

    `how` ends in UNKNOWN when nobody knows which contact that was: none was ever named, the contact was replaced
    since, or the key is gone that compares addresses. Then the contact is the one to call. Without a name: not known.
    """

    name: str | None
    phone: str | None = None
    email: str | None = None
    how: str | None = None


def contacts_of(rows: Iterable[Row]) -> dict[UUID, RowContact]:
    """Return the contact of each row by its escalation; a client without contacts whom nobody reached has none.

    Two queries at most, however many rows there are.
    """
    listed = list(rows)
    called = [row.escalation.id for row in listed if row.escalation.informed_how in CALLS]
    talks = conversations(called) if called else {}
    seal = seal_unless_destroyed() if any(row.mails for row in listed) else None
    shown = {row.escalation.id: _contact(row, talks.get(row.escalation.id, []), seal) for row in listed}
    return {client: contact for client, contact in shown.items() if contact is not None}


def _contact(row: Row, talks: list[Recorded], seal: Seal | None) -> RowContact | None:
    of, how = row.escalation, _how(row)
    if how is None:
        return RowContact(**_known(_to_call(of, by_phone=False))) if of.contacts else None
    if how in CALLS:
        contact = _of_name(of, _spoken_to(of, talks))
    elif how == RECEIPT:
        contact = _of_name(of, of.acknowledged_by)
    else:
        contact = _of_address(of, _written_to(row), seal)
    if contact is None:
        return RowContact(**_known(_to_call(of, by_phone=True)), how=how + UNKNOWN)
    return RowContact(**_known(contact), how=how)


def _how(row: Row) -> str | None:
    """Return how the client was reached, else what became of the newest mail; None when none was sent."""
    of = row.escalation
    if of.informed_at is not None:
        return of.informed_how if of.informed_how in (*CALLS, RECEIPT) else MAIL
    if not row.mails:
        return None
    return NOT_ARRIVED if row.mails[-1].partition(":")[2] in NOT_REACHED else MAILED


def _written_to(row: Row) -> str | None:
    """Return the fingerprint of the address that was reached first; of a client whom nobody informed, of the newest
    mail."""
    mails = [mail.split(":") for mail in row.mails]
    if row.escalation.informed_at is None:
        return mails[-1][0]
    return next((address for address, state in mails if state in REACHED), None)


def _spoken_to(of: Escalation, talks: list[Recorded]) -> str | None:
    """Return with whom the conversation was that informed the client."""
    return next(
        (talk.contact_name for talk in talks
         if talk.informs and not talk.taken_back and talk.called_at == of.informed_at), None
    )


def _to_call(of: Escalation, by_phone: bool) -> dict[str, Any]:
    """Return the first contact whose mail led to nobody else, `by_phone` the first of those with a number; {}: none."""
    known = [contact for contact in of.contacts if LED_ELSEWHERE not in contact] or of.contacts
    numbered = [contact for contact in known if by_phone and contact.get("phone")]
    return next(iter(numbered or known), {})


def _of_name(of: Escalation, name: str | None) -> dict[str, Any] | None:
    named = (contact for contact in of.contacts if contact.get("name") == name)
    return next(named, {"name": name}) if name else None


def _of_address(of: Escalation, fingerprint: str | None, seal: Seal | None) -> dict[str, Any] | None:
    for contact in of.contacts if seal and fingerprint else ():
        address = contact.get("email")
        if address and seal and _is_of(seal, fingerprint, address):
            return contact
    return None


def _is_of(seal: Seal, fingerprint: str | None, address: str) -> bool:
    """Return whether the fingerprint is that of the address, also by the key that is being replaced."""
    return fingerprint in (seal.fingerprint(address).hex(), (seal.earlier_fingerprint(address) or b"").hex())


def _known(contact: dict[str, Any]) -> dict[str, str | None]:
    return {name: contact.get(name) for name in ("name", "phone", "email")}
