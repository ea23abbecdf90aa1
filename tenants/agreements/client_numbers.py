"""Finds client numbers that two clients share, as an earlier version allowed: an incident reaches only one of them."""

from typing import NamedTuple

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation

MOST = 20
# An incident reaches the agreement of a number that began last (workflows/escalation/incident.py).
NOT_REACHED = text("""
    with in_force as (
      select client_number, controller_id, controller_name, in_force_from from processing_agreement
       where processor_id = :office and in_force_from <= current_date
         and (in_force_to is null or in_force_to >= current_date)),
    reached as (
      select distinct on (client_number) client_number, controller_id, controller_name from in_force
       order by client_number, in_force_from desc)
    select distinct on (a.controller_id) a.client_number, a.controller_name as name, r.controller_name as reached
      from in_force a join reached r on r.client_number = a.client_number and r.controller_id <> a.controller_id
     where not exists (select from reached other where other.controller_id = a.controller_id)
     order by a.controller_id, a.in_force_from desc limit :most""")


class NotReached(NamedTuple):
    """A client of the acting office, the number that it has, and which client an incident with that number reaches."""

    client_number: str
    name: str
    reached: str


def clients_not_reached() -> list[NotReached]:
    """Return those of the acting office, at most MOST; none once each client has a number of its own."""
    rows = db.session.execute(NOT_REACHED, {"office": acting_organisation(), "most": MOST})
    return [NotReached(*row) for row in rows]
