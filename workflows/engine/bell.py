"""The bell: "look at this organisation", after the commit. A hint that is lost is rung again by the clock process."""

from typing import Protocol
from uuid import UUID

from tenants.isolation import after_commit


class Bell(Protocol):
    """Something that can be rung for organisations."""

    def ring(self, organisations: list[UUID]) -> None: ...


class SilentBell:
    """Nobody listens: workers that poll find the work all the same."""

    def ring(self, organisations: list[UUID]) -> None:
        """Do nothing."""


_hung: dict[str, Bell] = {"bell": SilentBell()}


def hang(bell: Bell) -> None:
    """Told once, by whoever starts the process."""
    _hung["bell"] = bell


def ring_now(organisations: list[UUID]) -> None:
    """Ring at once; only outside a transaction."""
    if organisations:
        _hung["bell"].ring(organisations)


def ring_after_commit(organisation: UUID) -> None:
    """Ring when the transaction that is open has been committed."""
    after_commit(lambda: ring_now([organisation]))
