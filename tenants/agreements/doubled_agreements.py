"""Of one client, at most one agreement is in force on a day, so that its hours are never in doubt."""

from collections.abc import Iterable
from datetime import date

from tenants.agreements.processing_agreements import NewClient, agreements_by_client_number
from tenants.errors import Invalid, ManyInvalid

NO_END = "9999-12-31"
"""As the last day of an agreement without an end, where days are compared."""


def refuse_doubled(clients: Iterable[NewClient]) -> None:
    """Refuse a second agreement of one client on the same day. Raises ManyInvalid with each one."""
    new_clients = list(clients)
    known = agreements_by_client_number({client["client_number"] for client in new_clients})
    seen = {
        number: [(term.in_force_from.isoformat(), _day(term.in_force_to)) for term in many]
        for number, many in known.items()
    }  # fmt: skip
    faults: list[Invalid] = []
    for nth, client in enumerate(new_clients):
        number, since, until = client["client_number"], client["in_force_from"], client["in_force_to"] or NO_END
        periods = seen.setdefault(number, [])
        if any(since == begins for begins, _ in periods):
            faults.append(Invalid("agreement.doubled", f"clients.{nth}.client_number", client_number=number))
        elif other := next(((begins, ends) for begins, ends in periods if begins <= until and since <= ends), None):
            day = date.fromisoformat(other[0])
            faults.append(Invalid("agreement.overlaps", f"clients.{nth}.in_force_from", client_number=number, day=day))
        periods.append((since, until))
    if faults:
        raise ManyInvalid(faults)


def _day(day: date | None) -> str:
    return day.isoformat() if day else NO_END
