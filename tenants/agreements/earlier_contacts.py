"""Which contacts a client of the acting office had, before an agreement with it was registered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation

# Under another client number the client is the same register. Where both agreements bind at once, an incident is
# mailed to the contacts of both; else the new one follows the other.
EARLIER = text("""
    select n.id as agreement_id, n.controller_id, n.controller_name, n.client_number, n.contacts, b.contacts as before,
           b.client_number = n.client_number or coalesce(b.in_force_to < n.in_force_from, false) as is_followed,
           case when n.in_force_from > (now() at time zone 'Europe/Amsterdam')::date
                then n.in_force_from end as from_day
      from processing_agreement n
     cross join lateral (
       select a.contacts, a.client_number, a.in_force_to from processing_agreement a
        where a.processor_id = :office and a.controller_id = n.controller_id and not a.id = any(:agreements)
        order by (a.client_number = n.client_number) desc, a.in_force_from desc, a.id desc limit 1) b
     where n.processor_id = :office and n.id = any(:agreements) order by n.client_number, n.in_force_from""")


@dataclass(frozen=True)
class Earlier:
    """A new agreement with a client that the office had already: its contacts, and those of the agreement before.

    `is_followed`: the new agreement comes in the place of that one. `from_day`: the local day on which it begins; None
    when it began already.
    """

    agreement_id: UUID
    controller_id: UUID
    controller_name: str
    client_number: str
    contacts: list[dict[str, Any]]
    before: list[dict[str, Any]]
    is_followed: bool
    from_day: date | None


def earlier_contacts(agreements: Iterable[UUID]) -> list[Earlier]:
    """Return those of these new agreements whose client the acting office had already, in one query."""
    values = {"office": acting_organisation(), "agreements": list(agreements)}
    return [Earlier(**row) for row in db.session.execute(EARLIER, values).mappings()]
