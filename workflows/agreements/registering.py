"""An office registers clients with their agreements, all of a list or none.

Two people of one office that register at the same moment come one after the other: the second one's list is compared
with what the first one registered, so that a client is not doubled unseen. Another agreement with a client that the
office has may bring other contacts: what holds for changed addresses holds there too (mailed_addresses).
"""

from collections.abc import Callable, Sequence

from tenants.agreements.doubled_agreements import refuse_doubled
from tenants.agreements.earlier_contacts import earlier_contacts
from tenants.agreements.processing_agreements import NewClient, registered_agreements, take_turn
from tenants.errors import Invalid, ManyInvalid
from tenants.history.entries import Actor
from tenants.organisations.admission import refuse_unless_admitted
from workflows.agreements.doubled_contacts import doubled
from workflows.agreements.doubles import refuse_likely_doubles
from workflows.agreements.mailed_addresses import allow, changed_by_registered, refuse_token_unless_it_adds
from workflows.mail.same_mailbox import noticing_other_people


def register(clients: Sequence[NewClient], is_confirmed: bool, by: Actor) -> int:
    """Register these clients; returns how many agreements. `is_confirmed`: a person says that those that are like
    others are other clients.

    Raises NotAllowed when the office is not admitted, and as `allow` where another agreement with a client brings other
    addresses; and ManyInvalid with each client that has an agreement on the same day, that is like another one of the
    office or of this list, or whose number belongs to another client; and at each contact that its list has twice.
    """
    refuse_unless_admitted()
    take_turn()
    _refuse_together(
        lambda: _refuse_doubled_contacts(clients), lambda: refuse_doubled(clients),
        lambda: refuse_likely_doubles(clients, is_confirmed),
    )  # fmt: skip
    with noticing_other_people(by):
        agreements = registered_agreements(clients, by)
    places = {client["client_number"]: nth for nth, client in enumerate(clients)}
    earlier = earlier_contacts(agreements)
    for row in earlier:
        refuse_token_unless_it_adds(by, row.controller_name, [row.before], row.contacts)
    allow(changed_by_registered(earlier, places), by)
    return len(agreements)


def _refuse_doubled_contacts(clients: Sequence[NewClient]) -> None:
    faults = [
        fault for nth, client in enumerate(clients) for fault in doubled(client["contacts"], f"clients.{nth}.contacts")
    ]
    if faults:
        raise ManyInvalid(faults)


def _refuse_together(*checks: Callable[[], None]) -> None:
    """Raise ManyInvalid with the faults of all these checks, so that nobody mends one to read the next."""
    faults: list[Invalid] = []
    for check in checks:
        try:
            check()
        except ManyInvalid as refused:
            faults.extend(refused.faults)
    if faults:
        raise ManyInvalid(faults)
