"""A list names clients that the office has already: known again, or listed with something else than was agreed.

What a list leaves out says nothing. Nothing is changed by a list: a person changes it at the client, where it is told
to those whom it concerns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tenants.agreements.contact_standing import as_contact
from tenants.agreements.listed_clients import Agreed, agreed_by_number


@dataclass(frozen=True)
class Listed:
    """A client as a list has it; None, and no contacts or services, where the list says nothing. `services`: the role
    of the office in each, None where the list does not say it."""

    client_number: str
    name: str
    kvk_number: str | None
    hours_to_notify: int | None
    in_force_from: date | None
    in_force_to: date | None
    contacts: Sequence[Mapping[str, str]]
    services: Mapping[str, str | None]


@dataclass(frozen=True)
class Known:
    """A client that the office has. `otherwise`: the fields in which a list says something else, each with what was
    agreed. `ended_on`: the last local day of its agreement, where that is past and the list does not say so itself.
    Known again: neither of both."""

    agreement_id: UUID
    name: str
    otherwise: Mapping[str, Any]
    ended_on: date | None


def known_among(listed: Sequence[Listed]) -> dict[int, Known]:
    """Return those of these clients that the acting office has by their numbers, by their places in the list."""
    agreed = agreed_by_number({client.client_number for client in listed})
    return {
        nth: _compared(client, agreed[client.client_number]) for nth, client in enumerate(listed)
        if client.client_number in agreed
    }  # fmt: skip


def _compared(client: Listed, agreed: list[Agreed]) -> Known:
    """Compare a client with the agreement that began on its day, or with the last one."""
    same_day = next((each for each in agreed if each.in_force_from == client.in_force_from), None)
    meant = same_day or agreed[-1]
    otherwise: dict[str, Any] = {}
    if client.name.casefold() != meant.name.casefold():
        otherwise["name"] = meant.name
    if None not in (client.kvk_number, meant.kvk_number) and client.kvk_number != meant.kvk_number:
        otherwise["kvk_number"] = meant.kvk_number
    if client.hours_to_notify not in (None, meant.hours_to_notify):
        otherwise["hours_to_notify"] = meant.hours_to_notify
    if client.in_force_from is not None and same_day is None:
        otherwise["in_force_from"] = meant.in_force_from
    if client.in_force_to not in (None, meant.in_force_to):
        otherwise["in_force_to"] = meant.in_force_to
    if client.contacts and not _same_people(client.contacts, meant.contacts):
        otherwise["contacts"] = meant.contacts
    if client.services and not _same_services(client.services, meant.services):
        otherwise["services"] = meant.services
    last = agreed[-1].in_force_to if agreed[-1].is_over and client.in_force_to is None else None
    return Known(meant.id, meant.name, otherwise, last)


def _same_people(listed: Sequence[Mapping[str, str]], agreed: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether these are the agreed contacts in their order, as far as the list says."""
    return len(listed) == len(agreed) and all(
        all(_plain(name, value) == _plain(name, contact.get(name) or "") for name, value in here.items())
        for here, contact in zip(listed, agreed, strict=True)
    )


def _same_services(listed: Mapping[str, str | None], agreed: Mapping[str, str]) -> bool:
    """Return whether these are the agreed services, in the agreed roles as far as the list says."""
    return listed.keys() == agreed.keys() and all(role in (None, agreed[name]) for name, role in listed.items())


def _plain(name: str, value: str) -> str:
    """Return how a name, an address or a telephone number is compared."""
    if name == "phone":
        return "".join(value.split())
    return as_contact(value) if name == "email" else value.casefold()
