"""An office registers clients with their agreements, all of a list or none.

Two people of one office that register at the same moment come one after the other: the second one's list is compared
with what the first one registered, so that a client is not doubled unseen. Another agreement with a client that the
office has may bring other contacts: what holds for changed addresses holds there too (mailed_addresses).
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from tenants.agreements.client_numbers_taken import (
    numbers_taken,
    registers_by_number,
    registers_expected,
    too_many_clients,
)
from tenants.agreements.doubled_agreements import doubled_agreements
from tenants.agreements.earlier_contacts import earlier_contacts
from tenants.agreements.new_clients import NewClient
from tenants.agreements.processing_agreements import registered_agreements, take_turn
from tenants.errors import Invalid, ManyInvalid
from tenants.history.entries import Actor
from tenants.organisations.admission import refuse_unless_admitted
from workflows.agreements.doubled_contacts import doubled
from workflows.agreements.doubles import likely_doubles_of
from workflows.agreements.mailed_addresses import allow, changed_by_registered, refuse_token_unless_it_adds
from workflows.mail.same_mailbox import noticing_other_people


def register(clients: Sequence[NewClient], is_confirmed: bool, by: Actor, file_id: UUID | None = None) -> int:
    """Register these clients; returns how many agreements. `is_confirmed`: a person says that those that are like
    others are other clients. `file_id`: the file that they come from; None when somebody typed them.

    Raises NotAllowed when the office is not admitted, and as `allow` where another agreement with a client brings other
    addresses; and ManyInvalid with everything that `refusals_of` returns.
    """
    refuse_unless_admitted()
    take_turn()
    faults = refusals_of(clients, is_confirmed)
    if faults:
        raise ManyInvalid(faults)
    with noticing_other_people(by):
        agreements = registered_agreements(clients, by, file_id)
    places = {client["client_number"]: nth for nth, client in enumerate(clients)}
    earlier = earlier_contacts(agreements)
    for row in earlier:
        refuse_token_unless_it_adds(by, row.controller_name, [row.before], row.contacts)
    allow(changed_by_registered(earlier, places), by)
    return len(agreements)


def refusals_of(clients: Sequence[NewClient], is_confirmed: bool) -> list[Invalid]:
    """Return why these clients cannot be registered now, all at once, so that nobody mends one fault to read the next;
    nothing is registered.

    A fault for each client that has an agreement on the same day, that is like another one of the office or of this
    list (unless `is_confirmed`), or whose number belongs to another client; for each contact that its list has twice;
    and for more clients than the operator allows.
    """
    too_many, on_same_day = too_many_clients(clients), doubled_agreements(clients)
    return [
        *([too_many] if too_many else []), *_doubled_contacts(clients), *on_same_day,
        *_numbers_taken(clients, {fault.field for fault in on_same_day}), *likely_doubles_of(clients, is_confirmed),
    ]  # fmt: skip


def _numbers_taken(clients: Sequence[NewClient], refused: Collection[str | None]) -> list[Invalid]:
    """Return a fault for each client whose number belongs to another one. `refused`: the fields that have a fault."""
    before = registers_by_number(clients)
    taken = numbers_taken(clients, before, registers_expected(clients, before))
    return [fault for fault in taken if fault.field not in refused]


def _doubled_contacts(clients: Sequence[NewClient]) -> list[Invalid]:
    return [
        fault for nth, client in enumerate(clients) for fault in doubled(client["contacts"], f"clients.{nth}.contacts")
    ]
