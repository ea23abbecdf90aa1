"""What the acting office agreed with the clients that a list names by their numbers."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.processing_agreements import services_of
from tenants.database import db
from tenants.isolation import acting_organisation

AGREED = text("""
    select id, client_number, controller_name as name, kvk_number_stated as kvk_number, hours_to_notify, contacts,
           in_force_from, in_force_to, coalesce(in_force_to < (now() at time zone 'Europe/Amsterdam')::date, false)
      from processing_agreement where processor_id = :office and client_number = any(:numbers)
     order by in_force_from, id""")


class Agreed(NamedTuple):
    """One agreement. `kvk_number`: as the office typed it; None where that is not known. `is_over`: its last local day
    is past. `services`: the office's role in each."""

    id: UUID
    client_number: str
    name: str
    kvk_number: str | None
    hours_to_notify: int | None
    contacts: list[dict[str, Any]]
    in_force_from: date
    in_force_to: date | None
    is_over: bool
    services: dict[str, str]


def agreed_by_number(numbers: Iterable[str]) -> dict[str, list[Agreed]]:
    """Return the acting office's agreements with these clients, the oldest first, in two queries."""
    values = {"office": acting_organisation(), "numbers": list(numbers)}
    agreed: dict[str, list[Agreed]] = {}
    rows = db.session.execute(AGREED, values).all()
    services = services_of(row.id for row in rows)
    for row in rows:
        agreed.setdefault(row.client_number, []).append(Agreed._make([*row, services.get(row.id, {})]))
    return agreed
