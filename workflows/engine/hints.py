"""Hints: a hint says "look at this organisation" to a worker, after the commit.

A hint that is lost is given again by the clock process.
"""

from typing import Protocol
from uuid import UUID

from tenants.isolation import after_commit


class Hints(Protocol):
    """Carries hints to the workers."""

    def hint(self, organisations: list[UUID]) -> None: ...


class NoHints:
    """Carries nothing: workers that poll find the work without hints."""

    def hint(self, organisations: list[UUID]) -> None:
        """Do nothing."""


_in_use: dict[str, Hints] = {"hints": NoHints()}


def use_hints(hints: Hints) -> None:
    """Use this carrier for the hints of this process from now on. Called once, when the process starts."""
    _in_use["hints"] = hints


def hint_now(organisations: list[UUID]) -> None:
    """Give a hint for each of these organisations at once. Called only outside a transaction."""
    if organisations:
        _in_use["hints"].hint(organisations)


def hint_after_commit(organisation: UUID) -> None:
    """Give a hint for this organisation when the open transaction has been committed."""
    after_commit(lambda: hint_now([organisation]))
