"""How the acting organisation itself stands, which each of its pages shows: whether it is an office, and whether it is
proven."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.consents import WAITS_FOR_ME
from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.organisations.admission import ADMITTED
from tenants.organisations.proofs import Proof

MINE = text(f"""
select (select is_test from organisation where id = :organisation) as is_test,
       coalesce((select state = :admitted from admission where organisation_id = :organisation), false) as is_admitted,
       exists (select from processing_agreement where processor_id = :organisation) as has_clients,
       (select count(*) from processors_of_mine() where {WAITS_FOR_ME}) as requests_waiting, my_proof() as proof""")


@dataclass(frozen=True)
class OwnStanding:
    """How the acting organisation stands. `is_admitted`: it may register clients; `has_clients`: it processes for
    others.

    `requests_waiting` counts the offices that wait for its answer, or for a reader of their message. `proof` is None
    while nothing was proven of it. `is_test`: an office made it, to send tests to.
    """

    is_admitted: bool
    has_clients: bool
    requests_waiting: int
    proof: Proof | None
    is_test: bool = False

    @property
    def is_office(self) -> bool:
        """Whether its pages show what an office does."""
        return self.is_admitted or self.has_clients


def own_standing() -> OwnStanding:
    """Return how the acting organisation stands, in one query."""
    asked: dict[str, UUID | str] = {"organisation": acting_organisation(), "admitted": ADMITTED}
    row = db.session.execute(MINE, asked).one()
    proof = Proof(**row.proof) if row.proof else None
    return OwnStanding(row.is_admitted, row.has_clients, row.requests_waiting, proof, bool(row.is_test))
