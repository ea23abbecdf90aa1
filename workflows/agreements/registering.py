"""An office registers clients with their agreements, all of a list or none.

Two people of one office that register at the same moment come one after the other: the second one's list is compared
with what the first one registered, so that a client is not doubled unseen.
"""

from collections.abc import Sequence

from tenants.agreements.doubled_agreements import refuse_doubled
from tenants.agreements.processing_agreements import NewClient, register_clients, take_turn
from tenants.history.entries import Actor
from tenants.organisations.admission import refuse_unless_admitted
from workflows.agreements.doubles import refuse_likely_doubles


def register(clients: Sequence[NewClient], is_confirmed: bool, by: Actor) -> int:
    """Register these clients; returns how many agreements. `is_confirmed`: a person says that those that are like
    others are other clients.

    Raises NotAllowed when the office is not admitted, and ManyInvalid with each client that has an agreement on the
    same day, that is like another one of the office or of this list, or whose number belongs to another client.
    """
    refuse_unless_admitted()
    take_turn()
    refuse_doubled(clients)
    refuse_likely_doubles(clients, is_confirmed)
    return register_clients(clients, by)
