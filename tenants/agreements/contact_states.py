"""How each contact of the acting office stands, in one word and a moment; and the clients that need another contact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, text

from tenants.agreements.contact_standing import WORKS, ContactStanding, as_contact, is_asked, standing_of
from tenants.database import db
from tenants.isolation import acting_organisation, database_now
from tenants.register.escalations import LED_ELSEWHERE

NONE, UNCONFIRMED = "none", "unconfirmed"
LACKING = (NONE, UNCONFIRMED)
"""What a client's contacts lack: none of them works; one was asked whether they still are, and did not answer."""
UNCONFIRMED_AFTER = timedelta(weeks=4)
DID_NOT_ANSWER = f"""
    select s.address from contact_standing s
     where s.organisation_id = (select acting_organisation()) and s.works
       and s.asked_at < now() - interval '{UNCONFIRMED_AFTER.total_seconds():.0f} seconds'
       and (s.confirmed_at is null or s.confirmed_at < s.asked_at)"""
IN_FORCE = """
    {table}.in_force_from <= (now() at time zone 'Europe/Amsterdam')::date
    and coalesce({table}.in_force_to, 'infinity') >= (now() at time zone 'Europe/Amsterdam')::date"""
LACKS = {
    NONE: f"{IN_FORCE} and not {WORKS}",
    UNCONFIRMED: f"""{IN_FORCE} and exists (
        select from jsonb_array_elements({{table}}.contacts) c
         where lower(trim(c ->> 'email')) in ({DID_NOT_ANSWER}))""",
}
"""By what is lacking, whether an agreement in force of the acting office lacks it, for any statement that reads
`{table}`."""
COUNTS = text(f"""
    select (select count(distinct a.controller_id) from processing_agreement a
             where a.processor_id = :office and {LACKS[NONE].format(table="a")}) as without,
           case when exists ({DID_NOT_ANSWER}) then (
             select count(distinct a.controller_id) from processing_agreement a
              where a.processor_id = :office and {LACKS[UNCONFIRMED].format(table="a")}) else 0 end as unconfirmed,
           (select count(*) from contact_standing s
             where s.organisation_id = :office and not s.works and s.left_at is null and s.says_no_at is not null)
             as said_no,
           (select count(*) from contact_standing s
             where s.organisation_id = :office and not s.works and s.left_at is null and s.says_no_at is null)
             as bounced""")


@dataclass(frozen=True)
class ContactState:
    """`state`: doubted, bounced, said_no, unconfirmed, asked, confirmed or unasked; no_address for a contact without
    one. `at`: since when; None for the last two. `id`: of the address. `successor`: whom the contact named who said no.
    """

    state: str
    at: datetime | None
    id: UUID | None = None
    successor: dict[str, Any] | None = None


@dataclass(frozen=True)
class ContactCounts:
    """How many clients in force have no contact that works, how many have one that did not answer, how many contacts
    said that they are none any more, and at how many other addresses mail returned."""

    without: int
    unconfirmed: int
    said_no: int
    bounced: int


def states_of(contacts: Iterable[list[dict[str, Any]]]) -> list[list[ContactState]]:
    """Return the state of each contact in each of these lists, in one query."""
    lists, now = list(contacts), database_now()
    standing = standing_of(contact for each in lists for contact in each)
    return [
        [state_of(contact, standing.get(as_contact(contact.get("email") or "")), now) for contact in each]
        for each in lists
    ]


def state_of(contact: dict[str, Any], row: ContactStanding | None, now: datetime) -> ContactState:
    """Return the state of this contact, whose address has this standing; None for a contact without an address."""
    known = row.id if row else None
    if LED_ELSEWHERE in contact:
        return ContactState("doubted", datetime.fromisoformat(contact[LED_ELSEWHERE]), known)
    if row is None:
        return ContactState("unasked" if (contact.get("email") or "").strip() else "no_address", None)
    if row.says_no_at is not None:
        return ContactState("said_no", row.says_no_at, known, row.successor)
    if row.bounces:
        return ContactState("bounced", row.bounced_at, known)
    if row.asked_at is not None and is_asked(row):
        return ContactState("unconfirmed" if row.asked_at + UNCONFIRMED_AFTER < now else "asked", row.asked_at, known)
    return ContactState("confirmed" if row.confirmed_at else "unasked", row.confirmed_at, known)


def lacks(what: str, table: str) -> ColumnElement[bool]:
    """Return whether an agreement in this table lacks what LACKING says."""
    return literal_column(f"({LACKS[what].format(table=table)})")


def contact_counts() -> ContactCounts:
    """Return how many contacts and clients of the acting office somebody should see to, in one statement."""
    return ContactCounts(*db.session.execute(COUNTS, {"office": acting_organisation()}).one())
