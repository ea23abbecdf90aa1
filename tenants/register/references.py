"""References per organisation, kind and year, without gaps: 2026-0001. The counter's row is locked until commit."""

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation

NEXT = text("""
    insert into register_counter (organisation_id, kind, year, last)
    values (:organisation, :kind, extract(year from now() at time zone 'Europe/Amsterdam'), 1)
    on conflict (organisation_id, kind, year) do update set last = register_counter.last + 1
    returning year, last""")


def next_reference(kind: str) -> str:
    """Return the next reference of this kind ("breach", "incident"); it is free again when the transaction rolls back.
    """
    year, number = db.session.execute(NEXT, {"organisation": acting_organisation(), "kind": kind}).one()
    return f"{year}-{number:04d}"
