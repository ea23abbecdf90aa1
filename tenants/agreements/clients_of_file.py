"""The clients of the acting office that came from one file: which of them something rests on, and how all are taken
back."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import crossed

HELD_BACK = text("select of_client, name, why from clients_held_back(:file)")
TAKE_BACK = text("select agreement_id, of_client from take_back_clients(:file)")


class HeldBack(NamedTuple):
    """A client that came from a file and stays. `why`: "opened" (its register is in use, or proven), "incident",
    "later" (the office made another agreement with it), "changed", or "mailed" (a contact was written to)."""

    client_number: str
    name: str
    why: str


class TakenBack(NamedTuple):
    """An agreement that is not there any more, and the number of its client."""

    agreement_id: UUID
    client_number: str


def clients_held_back(file_id: UUID) -> list[HeldBack]:
    """Return the clients for which this file of the acting office cannot be taken back; none when it can."""
    return [HeldBack(*row) for row in db.session.execute(HELD_BACK, {"file": file_id})]


def take_back_clients(file_id: UUID) -> list[TakenBack]:
    """Take back the agreements that came from this file of the acting office, with their contacts, and the numbers of
    the registers that it made for them. Returns them; none when something rests on one of them. Each register's history
    says so."""
    taken = [TakenBack(*row) for row in db.session.execute(TAKE_BACK, {"file": file_id})]
    crossed()
    db.session.expire_all()
    return taken
