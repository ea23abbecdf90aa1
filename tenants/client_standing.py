"""How the acting office's clients stand: whether it is proven whose register it is, and whether they confirmed it.

More is never shown to an office: a client that refused it, ended it or was not asked yet did "not confirm yet".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tenants.consents import confirmed_among
from tenants.verification import verified_among


@dataclass(frozen=True)
class ClientStanding:
    """Of several clients: whose register is proven to be their own, and who accepted the acting office."""

    verified: frozenset[UUID]
    confirmed: frozenset[UUID]

    def of(self, controller_id: UUID) -> dict[str, bool]:
        """How one of them stands, as a row of the API shows it."""
        return {
            "controller_verified": controller_id in self.verified,
            "controller_confirmed": controller_id in self.confirmed,
        }


def standing_among(controllers: Iterable[UUID]) -> ClientStanding:
    """How these clients stand, in two queries however many they are."""
    asked = list(controllers)
    return ClientStanding(frozenset(verified_among(asked)), frozenset(confirmed_among(asked)))
