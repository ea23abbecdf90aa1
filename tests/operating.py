"""The operator of the databases that tests use: who owns them, and admits offices."""

from uuid import UUID

from sqlalchemy import Engine, text

from tenants.database import db
from tenants.organisations.admission import ADMITTED, Decision, decide, release_claim

OPERATORS: dict[str, Engine] = {}
"""By the name of the database, what connects to it as its superuser."""


def operator() -> Engine:
    """Of the database that the app of this moment uses."""
    return OPERATORS[str(db.engine.url.database)]


def admit(organisation: UUID, state: str | None = ADMITTED, most_clients: int | None = None) -> None:
    """The operator decides about an office."""
    with operator().begin() as connection:
        slug = connection.scalar(text("select slug from organisation where id = :id"), {"id": organisation})
        assert decide(connection, Decision(str(slug), state, "Bekend kantoor", most_clients)) == organisation


def released(register: UUID) -> None:
    """The operator closes a register again that a stranger opened."""
    with operator().begin() as connection:
        slug = connection.scalar(text("select slug from organisation where id = :id"), {"id": register})
        assert release_claim(connection, str(slug), "De link kwam bij een ander") == register


def know(organisation: UUID) -> None:
    """The operator knows whose register it is, and nobody is told."""
    known = text("update organisation set verified_at = now(), verified_how = 'operator' where id = :id")
    with operator().begin() as connection:
        connection.execute(known, {"id": organisation})
