"""An office takes the clients of a file into its list, all of them or none, and can take them back.

They are registered as those that a person types. They can be taken back until something rests on one of them: an
incident, a register that was opened, a mail to a contact, another agreement, or a change. What a register was asked by
its number does not count: the office would learn who has a number.
"""

from collections.abc import Sequence
from uuid import UUID

from tenants.agreements.clients_of_file import clients_held_back, take_back_clients
from tenants.agreements.new_clients import NewClient
from tenants.agreements.processing_agreements import take_turn
from tenants.errors import AlreadyDone, Invalid, ManyInvalid
from tenants.files.taken_file import OF_NO_FILE, TakenFile
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.admission import refuse_unless_admitted
from workflows.agreements.registering import register

TAKEN, TAKEN_BACK = "clients.taken_from_file", "clients.taken_back"


def take(
    clients: Sequence[NewClient], file_id: UUID, file_hash: str, is_confirmed: bool, by: Actor,
    file: TakenFile = OF_NO_FILE,
) -> int:  # fmt: skip
    """Register the clients of a file; returns how many agreements. `file_hash`: the SHA-256 of the file, in hexadecimal
    figures, which the history keeps. `is_confirmed`: a person says that those that are like others are other clients.
    `file`: what the history keeps of it.

    Raises as `register` does.
    """
    registered = register(clients, is_confirmed, by, file_id)
    details = {"file": str(file_id), "sha256": file_hash, "count": registered, **file.details}
    record([Entry("organisation", acting_organisation(), TAKEN, by, details, file.personal)])
    return registered


def held_back(file_id: UUID) -> list[Invalid]:
    """Return why the clients of this file cannot be taken back: a fault for each client on which something rests."""
    return [
        Invalid(f"clients.held_back_{client.why}", "file", name=client.name, client_number=client.client_number)
        for client in clients_held_back(file_id)
    ]  # fmt: skip


def take_back(file_id: UUID, file_hash: str, by: Actor) -> int:
    """Take back the clients that came from this file: their agreements, their contacts, and the registers that nobody
    opened. `file_hash`: its SHA-256, in hexadecimal figures, for the history. Returns how many agreements.

    Raises NotAllowed when the office is not admitted, ManyInvalid as `held_back` says, and AlreadyDone when no client
    of the acting office came from this file, or none does any more.
    """
    refuse_unless_admitted()
    take_turn()
    taken = take_back_clients(file_id)
    if faults := held_back(file_id):
        raise ManyInvalid(faults)
    if not taken:
        raise AlreadyDone("clients.nothing_to_take_back")
    details = {"file": str(file_id), "sha256": file_hash}
    record([
        *(Entry("agreement", each.agreement_id, "agreement.taken_back", by,
                {"client_number": each.client_number, **details}) for each in taken),
        Entry("organisation", acting_organisation(), TAKEN_BACK, by, details | {"count": len(taken)}),
    ])  # fmt: skip
    return len(taken)
