"""What the acting office knows of each address of its contacts: whether mail arrives there, and what its holder said.

The rows are kept by the database while an address stands in an agreement, and half a year longer where it did not work
(the functions keep_contact_standing and end_lapsed). What becomes of mail is noted there by the door for events
(note_contact_mail).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Computed, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.isolation import acting_organisation
from tenants.register.escalations import LED_ELSEWHERE

# The addresses that fail are read once, not for each contact: the subquery depends on no row outside of it. Most
# clients have a first contact with a telephone, which is seen without looking into the list.
WORKS = f"""(coalesce(trim({{table}}.contacts -> 0 ->> 'phone') <> '', false) or exists (
    select from jsonb_array_elements({{table}}.contacts) c
     where trim(c ->> 'phone') <> ''
        or trim(c ->> 'email') <> '' and not c ? '{LED_ELSEWHERE}'
           and lower(trim(c ->> 'email')) not in (
             select s.address from contact_standing s
              where s.organisation_id = (select acting_organisation()) and not s.works)))"""
"""Whether an agreement of the acting office has a contact that works, for any statement that reads `{table}`; in Python
it is `works`."""


class ContactStanding(Record):
    """One address. `successor` ({"name", "email"}) is what its holder states, and nothing that the office took over.

    `left_at`: it did not work, and stands in no agreement since; None while it stands in one.
    `bounces`: the newest mail returned. `works`: it does not, and nobody there said that it is not theirs any more.
    """

    __tablename__ = "contact_standing"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    since: Mapped[datetime]
    next_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    token_hash: Mapped[bytes | None]
    earlier_token_hash: Mapped[bytes | None]
    token_expires_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    says_no_at: Mapped[datetime | None]
    successor: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reached_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str | None]
    left_at: Mapped[datetime | None]
    bounces: Mapped[bool] = mapped_column(Computed("stored"))
    works: Mapped[bool] = mapped_column(Computed("stored"))


def as_contact(address: str) -> str:
    """Return an address as it is compared, as `lower(trim(...))` does in the database; so it stands in the table."""
    return address.strip(" ").lower()


def has_working_contact(table: str) -> ColumnElement[bool]:
    """Return whether a row of this table, with a column `contacts`, has a contact that works."""
    return literal_column(WORKS.format(table=table))


def works(contact: dict[str, Any], failing: frozenset[str] | set[str]) -> bool:
    """Whether this contact works: it has a telephone number, or an address that neither fails nor waits for a check.

    `failing`: the addresses of the acting office that do not work.
    """
    address = as_contact(contact.get("email") or "")
    by_mail = bool(address) and LED_ELSEWHERE not in contact and address not in failing
    return by_mail or bool((contact.get("phone") or "").strip())


def is_asked(row: ContactStanding) -> bool:
    """Whether this address was asked and did not answer since."""
    return row.asked_at is not None and (row.confirmed_at is None or row.confirmed_at < row.asked_at)


def failing() -> frozenset[str]:
    """Return the addresses of the acting office at which mail returned, or that are not the contact's any more."""
    mine = (ContactStanding.organisation_id == acting_organisation()) & ~ContactStanding.works
    stands = ContactStanding.left_at.is_(None)
    return frozenset(db.session.scalars(select(ContactStanding.address).where(mine, stands)))


def standing_of(contacts: Iterable[dict[str, Any]]) -> dict[str, ContactStanding]:
    """Return the standing of each address of these contacts, by address as it is compared, in one query."""
    addresses = {as_contact(contact.get("email") or "") for contact in contacts} - {""}
    if not addresses:
        return {}
    mine = (ContactStanding.organisation_id == acting_organisation()) & ContactStanding.address.in_(addresses)
    return {row.address: row for row in db.session.scalars(select(ContactStanding).where(mine))}
