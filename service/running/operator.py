"""The operator owns the database (OWNER_DATABASE_URL, or the data folder of `up`), and decides who is admitted.

An act inside one organisation by the operator's decision is an act that the app's role cannot make (`operator_acts` in
migrations/schema/functions): it names the organisation and the reason, and works once, within a minute.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection, NullPool, create_engine, text

from service.config import Config
from tenants.errors import Refused
from tenants.isolation import acting_for
from tenants.organisations.admission import closed_with, end_grip, release_claim

Done = TypeVar("Done")
LET = text("select operator_acts(:organisation, :act, :note, :about)")


@contextmanager
def as_operator(config: Config) -> Iterator[Connection]:
    """Open one transaction as the owner of the database. Raises ConfigError when the settings do not name the owner."""
    url = config.owner_url().replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def carry_out(
    config: Config, organisation: UUID, act: str, note: str, verb: Callable[[UUID], Done], about: UUID | None = None
) -> Done:  # fmt: skip
    """Allow this act on the organisation, and do it as the app. Raises ConfigError as `as_operator` does."""
    parameters = {"organisation": organisation, "act": act, "note": note, "about": about}
    with as_operator(config) as connection:
        made: UUID = connection.execute(LET, parameters).scalar_one()
    with acting_for(organisation):
        return verb(made)


def close_register(config: Config, slug: str, note: str) -> UUID | None:
    """Close the register that a stranger opened by a link, with every way in.

    Return None when there is no such register.

    Registers that were joined into it close too. When anything fails before the release is stored, the register stays
    open, so the same command can be run again. Raises ConfigError as `as_operator` does.
    """
    registers: list[UUID] = []
    with as_operator(config) as connection:
        released = release_claim(connection, slug, note)
        if released is not None:
            registers = closed_with(connection, released)
            _end_grip_in(registers)
    _end_grip_in(registers)  # This also ends what was made there until the release was stored.
    return released


def _end_grip_in(registers: list[UUID]) -> None:
    for register in registers:
        with acting_for(register):
            end_grip()


def why(refused: Refused, language: str) -> str:
    """Return in words why it was refused. The texts of the pages are loaded only for this."""
    from service.words.texts import spoken

    return spoken(language)[f"errors.{refused.key}"]
