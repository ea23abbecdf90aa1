"""Clients that are sent in one list and are like each other: found before any of them is registered."""

from collections.abc import Iterable, Sequence
from typing import Any

from tenants.agreements.likely_doubles import (
    DOMAIN,
    KVK,
    MOST,
    NAME,
    PUBLIC_PROVIDERS,
    LikelyDouble,
    compared,
    domains_of,
    near,
)
from tenants.agreements.new_clients import NewClient


def doubles_within(clients: Sequence[NewClient]) -> list[LikelyDouble]:
    """Return each client that is like one before it in this list, with the first of those, by the surest reason.

    Two with the same client number are one client. A domain at more than MOST clients of the list says nothing.
    """
    shared = _shared(clients)
    first: dict[tuple[str, Any], int] = {}
    doubles: list[LikelyDouble] = []
    for nth, client in enumerate(clients):
        values = list(_values(client, shared))
        earlier = ((why, first.get((why, value), nth)) for why, value in values)
        like = next(
            ((why, other) for why, other in earlier if clients[other]["client_number"] != client["client_number"]), None
        )
        if like is not None:
            why, other = like
            doubles.append(LikelyDouble(nth, why, None, clients[other]["client_number"], clients[other]["name"]))
        for known in values:
            first.setdefault(known, nth)
    return doubles


def _values(client: NewClient, shared: set[str]) -> Iterable[tuple[str, Any]]:
    """Yield what is compared of a client, the surest reason first."""
    yield KVK, client["kvk_number"]
    for variant in sorted(near(compared(client["name"]))):
        yield NAME, variant
    for domain in sorted(domains_of(client) - PUBLIC_PROVIDERS - shared):
        yield DOMAIN, domain


def _shared(clients: Iterable[NewClient]) -> set[str]:
    numbers_at: dict[str, set[str]] = {}
    for client in clients:
        for domain in domains_of(client):
            numbers_at.setdefault(domain, set()).add(client["client_number"])
    return {domain for domain, numbers in numbers_at.items() if len(numbers) > MOST}
