"""What was proven of an organisation: its KvK number, or its name as well; and who wrote that name.

A letter and a provider prove the number. An office or an owner typed the name, and it counts as proven only when it was
compared too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.driver_reads import as_text, rows_of

MINE = text("select my_proof()")
AMONG = as_text(text("select organisation_id, name, proof, office from proofs_among(cast(:clients as uuid[]))"))
FROM_OFFICE = "office"


@dataclass(frozen=True)
class Proof:
    """The proof of a verified organisation. `how`: letter, operator or provider. `kvk_number` is None when the operator
    knows of none.

    `name_from`: who wrote the name as it is shown: office (then `office` is its name), organisation, or operator.
    """

    kvk_number: str | None
    how: str
    name_checked: bool
    name_from: str
    office: str | None


@dataclass(frozen=True)
class ClientProof:
    """The proof of a client of the acting office, whose name is `office`; `name` is that of the client's register."""

    name: str
    proof: Proof
    office: str

    def of_name(self, called: str) -> Proof:
        """Return words for what is proven, beside the name that the office itself uses for this client."""
        is_checked = self.proof.name_checked and called == self.name
        return replace(self.proof, name_checked=is_checked, name_from=FROM_OFFICE, office=self.office)


def my_proof() -> Proof | None:
    """Return the proof of the acting organisation, or None."""
    row = db.session.scalar(MINE)
    return Proof(**row) if row else None


def proofs_among(clients: Iterable[UUID]) -> dict[UUID, ClientProof]:
    """Return those of the acting office's clients whose register is proven, in one query."""
    rows = rows_of(AMONG, {"clients": list(clients)})
    return {client: ClientProof(name, Proof(**proof), office) for client, name, proof, office in rows}
