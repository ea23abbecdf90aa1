"""How the acting office's clients stand: whether it is proven whose register it is, and whether they accepted the
office.

An office sees no more than that: a client that refused it, ended it or was not asked yet is shown as "not confirmed
yet".
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from tenants.agreements.consents import confirmed_among
from tenants.organisations.proofs import ClientProof, Proof, proofs_among


@dataclass(frozen=True)
class ClientStanding:
    """How several clients stand: whose register is proven to be their own, and which of them accepted the acting
    office."""

    proofs: dict[UUID, ClientProof]
    confirmed: frozenset[UUID]

    def proof_of(self, controller_id: UUID, called: str) -> Proof | None:
        """Return what is proven of one client, which the office calls `called`; None for nothing."""
        proof = self.proofs.get(controller_id)
        return proof.of_name(called) if proof else None

    def of(self, controller_id: UUID, called: str) -> dict[str, Any]:
        """Return how one client stands, which the office calls `called`, as a row of the API shows it."""
        proof = self.proof_of(controller_id, called)
        return {
            "controller_verified": proof is not None,
            "controller_proof": asdict(proof) if proof else None,
            "controller_confirmed": controller_id in self.confirmed,
        }


def standing_among(controllers: Iterable[UUID]) -> ClientStanding:
    """Return how these clients stand, in two queries however many they are."""
    asked = list(controllers)
    return ClientStanding(proofs_among(asked), frozenset(confirmed_among(asked)))
