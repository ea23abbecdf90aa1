"""Organisations: each a tenant with its own register, claimed by its people or not yet."""

import re
import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, SmallInteger, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import NotAllowed
from tenants.history.entries import crossed
from tenants.isolation import acting_organisation
from tenants.lines import one_line

FOUND = text("select found_organisation(:slug, :name, :kvk)")
CLAIM = text("select claim_register()")


class Organisation(Record):
    """A controller, a processor, or both; which one follows from its agreements.

    `kvk_number` is what somebody typed in, so several organisations may have the same. `made_by` is the office that
    registered this client; None when it founded itself. `joined_into` is the register in which its owner continues.
    `trade_names` has one on each line. A country of None is the Netherlands. `without_fg`: it said that it has no data
    protection officer. What its people set stands in settings.py.
    """

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    kvk_number: Mapped[str | None]
    trade_names: Mapped[str | None]
    visiting_street: Mapped[str | None]
    visiting_postcode: Mapped[str | None]
    visiting_town: Mapped[str | None]
    visiting_country: Mapped[str | None]
    postal_street: Mapped[str | None]
    postal_postcode: Mapped[str | None]
    postal_town: Mapped[str | None]
    postal_country: Mapped[str | None]
    sector: Mapped[str | None]
    size: Mapped[str | None]
    fg_name: Mapped[str | None]
    fg_email: Mapped[str | None]
    fg_phone: Mapped[str | None]
    fg_number: Mapped[str | None]
    without_fg: Mapped[bool]
    financial_undertaking: Mapped[bool | None]
    locale: Mapped[str]
    sender_name: Mapped[str | None]
    reply_address: Mapped[str | None]
    reply_in_use: Mapped[str | None]
    reply_confirmed_at: Mapped[datetime | None]
    reply_asked_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """Who filled in the address for answers last, and for whom they stood in."""
    reply_link_hash: Mapped[bytes | None]
    reply_link_ends_at: Mapped[datetime | None]
    closed_weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    closed_periods: Mapped[list[dict[str, Any]]]
    settings_version: Mapped[int]
    claimed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    joined_into: Mapped[UUID | None]
    verified_at: Mapped[datetime | None]
    verified_how: Mapped[str | None]
    verified_note: Mapped[str | None]
    name_checked: Mapped[bool]
    name_by_operator: Mapped[bool]
    web_domains: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_test: Mapped[bool]
    first_steps_closed_at: Mapped[datetime | None]
    mail_limits: Mapped[dict[str, Any]]


def found_organisation(slug: str, name: str, kvk_number: str | None = None) -> UUID:
    """Set up a new organisation that is in use from now on."""
    new: UUID = db.session.scalar(FOUND, {"slug": slug, "name": one_line(name), "kvk": kvk_number})
    return new


def the_acting_organisation() -> Organisation:
    """Return the organisation that is acting now; it is read once for as long as a caller holds it."""
    return db.session.get_one(Organisation, acting_organisation())


def claim_acting_organisation() -> bool:
    """Claim the acting organisation for its people; return whether they are the first. A person with an office's link
    accepts that office. Raises NotAllowed for the register of a test client."""
    if the_acting_organisation().is_test:
        raise NotAllowed("invitation.of_a_test")
    claimed = bool(db.session.scalar(CLAIM))
    crossed()
    return claimed


def slug_of(name: str, distinct: str = "") -> str:
    """Return a readable part of an address: "Bakkerij 't Hoekje B.V." becomes "bakkerij-t-hoekje-b-v"."""
    plain = unicodedata.normalize("NFKD", f"{name} {distinct}").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "organisatie"
