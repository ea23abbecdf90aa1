"""Organisations: each a tenant with its own register, claimed by its people or not yet."""

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.isolation import acting_organisation

FOUND = text("select found_organisation(:slug, :name, :kvk)")


class Organisation(Record):
    """A controller, a processor, or both: which one follows from its agreements."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    kvk_number: Mapped[str | None]
    fg_name: Mapped[str | None]
    fg_email: Mapped[str | None]
    fg_number: Mapped[str | None]
    financial_undertaking: Mapped[bool | None]
    locale: Mapped[str]
    claimed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


def found_organisation(slug: str, name: str, kvk_number: str | None = None) -> UUID:
    """Set up a new organisation that is in use from now on."""
    new: UUID = db.session.scalar(FOUND, {"slug": slug, "name": name, "kvk": kvk_number})
    return new


def the_acting_organisation() -> Organisation:
    """The organisation that is acting now."""
    return db.session.scalars(select(Organisation).where(Organisation.id == acting_organisation())).one()


def claim_acting_organisation() -> bool:
    """Its people have found it; whether they are the first. The first moment stands."""
    unclaimed = (Organisation.id == acting_organisation()) & Organisation.claimed_at.is_(None)
    claim = update(Organisation).where(unclaimed).values(claimed_at=func.now())
    claimed = db.session.execute(claim.returning(Organisation.id))
    return claimed.first() is not None


def slug_of(name: str, distinct: str = "") -> str:
    """A readable part of an address: "Bakkerij 't Hoekje B.V." becomes "bakkerij-t-hoekje-b-v"."""
    plain = unicodedata.normalize("NFKD", f"{name} {distinct}").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "organisatie"
