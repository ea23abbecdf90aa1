"""Of one client, at most one agreement is in force on a day, so that its hours are never in doubt."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import text

from tenants.agreements.new_clients import NewClient
from tenants.agreements.processing_agreements import Term, agreements_by_client_number
from tenants.database import db
from tenants.errors import Invalid

WITH_NUMBERS = text("select kvk_number, agreement_id from clients_with_numbers(cast(:numbers as text[]))")


def agreements_with_kvk(numbers: Iterable[str]) -> dict[str, set[UUID]]:
    """Return, by Chamber of Commerce number, the acting office's agreements with the client that a registration under
    that number would lead to. Nothing else of a number is told."""
    known: dict[str, set[UUID]] = {}
    for number, agreement in db.session.execute(WITH_NUMBERS, {"numbers": list(numbers)}):
        known.setdefault(number, set()).add(agreement)
    return known


def doubled_agreements(clients: Iterable[NewClient]) -> list[Invalid]:
    """Return a fault for each second agreement of one client on the same day.

    An overlap with another client that has the same number is told as such (`client_numbers_taken`).
    """
    new_clients = list(clients)
    known = agreements_by_client_number({client["client_number"] for client in new_clients})
    own = agreements_with_kvk({client["kvk_number"] for client in new_clients if client["client_number"] in known})
    faults: list[Invalid] = []
    for nth, client in enumerate(new_clients):
        number, terms = client["client_number"], known.setdefault(client["client_number"], [])
        new, of_client = _term_of(client), own.setdefault(client["kvk_number"], set())
        if any(term.in_force_from == new.in_force_from for term in terms):
            faults.append(Invalid("agreement.doubled", f"clients.{nth}.client_number", client_number=number))
        elif (other := _overlapping(new, terms, of_client)) is not None:
            day = other.in_force_from
            faults.append(Invalid("agreement.overlaps", f"clients.{nth}.in_force_from", client_number=number, day=day))
        terms.append(new)
        of_client.add(new.id)
    return faults


def _term_of(client: NewClient) -> Term:
    last = client["in_force_to"]
    return Term(
        uuid4(), client["client_number"], client["hours_to_notify"], date.fromisoformat(client["in_force_from"]),
        date.fromisoformat(last) if last else None,
    )  # fmt: skip


def _overlapping(new: Term, terms: Iterable[Term], own: set[UUID]) -> Term | None:
    """Return the agreement of this client that is in force on a day of the new one. `own`: those with the client."""
    return next((
        term for term in terms if term.id in own
        and term.in_force_from <= (new.in_force_to or date.max) and new.in_force_from <= (term.in_force_to or date.max)
    ), None)  # fmt: skip
