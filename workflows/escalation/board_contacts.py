"""Which contact a row of the board names: who was reached, and how; else who was written to last, and what came of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tenants.register.escalations import Escalation
from tenants.sealing import Seal, seal_of_acting_organisation
from workflows.escalation.conversations import Recorded, conversations
from workflows.escalation.incident_board import Row
from workflows.mail.states import NOT_REACHED, REACHED

RECEIPT, CALLS = "receipt", ("phone", "letter")
SENT, FAILED = "sent", "failed"
HOW = ("mail", *CALLS, RECEIPT, SENT, FAILED)


@dataclass(frozen=True)
class RowContact:
    """The contact of a row. `how` is one of HOW: how this contact was reached (mail, phone, letter, or by confirming
    the receipt), or what became of the mail to a contact who was not (sent or failed); None when nobody wrote to it.

    Without a name it is not known any more who it was: the contact was replaced since, or the name was erased.
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
    made = conversations(called) if called else {}
    seal = seal_of_acting_organisation() if any(row.mails for row in listed) else None
    shown = {row.escalation.id: _contact(row, made.get(row.escalation.id, []), seal) for row in listed}
    return {id: contact for id, contact in shown.items() if contact is not None}


def _contact(row: Row, made: list[Recorded], seal: Seal | None) -> RowContact | None:
    of = row.escalation
    if of.informed_how in CALLS:
        return _with_name(of, _spoken_to(of, made), of.informed_how)
    if of.informed_how == RECEIPT:
        return _with_name(of, of.acknowledged_by, RECEIPT)
    mails = [mail.split(":") for mail in row.mails]
    if of.informed_at is not None:
        arrived = [address for address, state in mails if state in REACHED]
        return _with_address(of, arrived[0] if arrived else None, seal, "mail")
    if mails:
        address, state = mails[-1]
        return _with_address(of, address, seal, FAILED if state in NOT_REACHED else SENT)
    return RowContact(**_known(of.contacts[0])) if of.contacts else None


def _spoken_to(of: Escalation, made: list[Recorded]) -> str | None:
    """Return with whom the conversation was that informed the client."""
    return next(
        (talk.contact_name for talk in made
         if talk.informs and not talk.taken_back and talk.called_at == of.informed_at), None
    )


def _with_name(of: Escalation, name: str | None, how: str) -> RowContact:
    known = next((_known(contact) for contact in of.contacts if name and contact.get("name") == name), {"name": name})
    return RowContact(**known, how=how)


def _with_address(of: Escalation, fingerprint: str | None, seal: Seal | None, how: str) -> RowContact:
    for contact in of.contacts if seal and fingerprint else ():
        address = contact.get("email")
        if address and seal and _is_of(seal, fingerprint, address):
            return RowContact(**_known(contact), how=how)
    return RowContact(None, how=how)


def _is_of(seal: Seal, fingerprint: str | None, address: str) -> bool:
    """Return whether the fingerprint is that of the address, also by the key that is being replaced."""
    return fingerprint in (seal.fingerprint(address).hex(), (seal.earlier_fingerprint(address) or b"").hex())


def _known(contact: dict[str, str]) -> dict[str, str | None]:
    return {name: contact.get(name) for name in ("name", "phone", "email")}
