"""Contacts of an office that are asked whether they still are, and what they answer through the link in that mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from tenants.agreements.contact_standing import ContactStanding
from tenants.database import db
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import acting_for_nobody, acting_organisation, database_now

Key = tuple[datetime, UUID]
OFFICES = text("select offices_with_contacts_to_ask(:most)")
OFFICE_OF_LINK = text("select office_of_contact_link(:token)")
PLACES = text("""
    select a.id as agreement_id, a.client_number, a.controller_id, a.controller_name, w.address, c.nth as place,
           c.contact, c.contact ? 'led_elsewhere_at' as is_doubted,
           a.controller_id is not distinct from (select my_test_register()) as is_test,
           a.in_force_from <= :today and :today <= coalesce(a.in_force_to, 'infinity') as is_in_force
      from processing_agreement a
     cross join jsonb_array_elements(a.contacts) with ordinality as c(contact, nth)
      join unnest(cast(:addresses as text[])) as w(address) on w.address = lower(trim(c.contact->>'email'))
     where a.processor_id = :office order by a.controller_name, a.id, c.nth""")
ASKED = text("""
    update contact_standing s
       set asked_at = now(), reminded_at = null, token_hash = n.token_hash, earlier_token_hash = null,
           token_expires_at = :expires_at, next_at = :next_at
      from unnest(cast(:ids as uuid[]), cast(:hashes as bytea[])) as n(id, token_hash)
     where s.organisation_id = :office and s.id = n.id""")
REMINDED = text("""
    update contact_standing s
       set reminded_at = now(), token_hash = n.token_hash, earlier_token_hash = s.token_hash,
           token_expires_at = :expires_at, next_at = s.asked_at + interval '1 year'
      from unnest(cast(:ids as uuid[]), cast(:hashes as bytea[])) as n(id, token_hash)
     where s.organisation_id = :office and s.id = n.id""")
PUT_OFF = text("""
    update contact_standing set next_at = :next_at where organisation_id = :office and id = any(:ids)""")


@dataclass(frozen=True)
class Place:
    """One contact in one agreement of the acting office, by its place in the order of writing (1 is the first)."""

    agreement_id: UUID
    client_number: str
    controller_id: UUID
    controller_name: str
    address: str
    place: int
    contact: dict[str, Any]
    is_test: bool
    is_doubted: bool
    is_in_force: bool


def offices_to_ask(most: int) -> list[UUID]:
    """Return admitted offices with an address that it is time to look at. Not inside acting_for."""
    with acting_for_nobody():
        return list(db.session.scalars(OFFICES, {"most": most}))


def due_addresses(most: int) -> list[ContactStanding]:
    """Return addresses of the acting office that it is time to look at, locked; those that another process has locked
    are left to it."""
    due = select(ContactStanding).where(
        ContactStanding.organisation_id == acting_organisation(), ContactStanding.next_at <= func.now()
    )
    ordered = due.order_by(ContactStanding.next_at, ContactStanding.address).limit(most)
    return list(db.session.scalars(ordered.with_for_update(skip_locked=True)))


def places_of(addresses: Iterable[str], today: date) -> dict[str, list[Place]]:
    """Return where each address stands in the acting office's agreements, by client, in one query."""
    values = {"office": acting_organisation(), "addresses": list(addresses), "today": today}
    places: dict[str, list[Place]] = {}
    for row in db.session.execute(PLACES, values).mappings():
        places.setdefault(row["address"], []).append(Place(**row))
    return places


def note_asked(rows: list[ContactStanding], hashes: list[bytes], expires_at: datetime, next_at: datetime) -> None:
    """Write down that these addresses are asked now, with the hash of each link's token."""
    _execute(ASKED, rows, hashes=hashes, expires_at=expires_at, next_at=next_at)


def note_reminded(rows: list[ContactStanding], hashes: list[bytes], expires_at: datetime) -> None:
    """Write down that these addresses are reminded now; the link of the mail before works as long as the new one."""
    _execute(REMINDED, rows, hashes=hashes, expires_at=expires_at)


def put_off(rows: list[ContactStanding], next_at: datetime | None) -> None:
    """Look at these addresses again at this moment; None for never, until somebody answers."""
    _execute(PUT_OFF, rows, next_at=next_at)


def _execute(statement: Any, rows: list[ContactStanding], **values: Any) -> None:
    if rows:
        ids = {"office": acting_organisation(), "ids": [row.id for row in rows]}
        db.session.execute(statement, ids | values)


def office_of_link(token_hash: bytes) -> UUID:
    """Return the office that mailed this link. Raises NotFound for a link that lapsed, was replaced or never was."""
    office: UUID | None = db.session.scalar(OFFICE_OF_LINK, {"token": token_hash})
    if office is None:
        raise NotFound("contact.link_unknown")
    return office


def asked_by_link(token_hash: bytes, is_locked: bool = False) -> ContactStanding:
    """Return the address of the acting office to which this link was mailed. Raises NotFound as office_of_link."""
    query = select(ContactStanding).where(
        ContactStanding.organisation_id == acting_organisation(), ContactStanding.token_expires_at > database_now(),
        ContactStanding.left_at.is_(None),
        or_(ContactStanding.token_hash == token_hash, ContactStanding.earlier_token_hash == token_hash),
    )  # fmt: skip
    row = db.session.scalar(query.with_for_update() if is_locked else query)
    if row is None:
        raise NotFound("contact.link_unknown")
    return row


def said_no(contact_id: UUID) -> ContactStanding:
    """Return the address of the acting office with this id. Raises NotFound, and AlreadyDone when nobody there says
    that it is not theirs any more."""
    mine = (ContactStanding.organisation_id == acting_organisation()) & (ContactStanding.id == contact_id)
    row = db.session.scalar(select(ContactStanding).where(mine, ContactStanding.left_at.is_(None)))
    if row is None:
        raise NotFound("contact.unknown")
    if row.says_no_at is None:
        raise AlreadyDone("contact.taken_over")
    return row


def bounced_contact(contact_id: UUID) -> ContactStanding:
    """Return the address of the acting office with this id, locked. Raises NotFound, and AlreadyDone when its newest
    mail did not return, or when its holder said that it is not theirs any more."""
    mine = (ContactStanding.organisation_id == acting_organisation()) & (ContactStanding.id == contact_id)
    row = db.session.scalar(select(ContactStanding).where(mine, ContactStanding.left_at.is_(None)).with_for_update())
    if row is None:
        raise NotFound("contact.unknown")
    if not row.bounces or row.says_no_at is not None:
        raise AlreadyDone("contact.not_bounced")
    return row


def who_said_no(most: int, after: Key | None = None) -> list[ContactStanding]:
    """Return the addresses of the acting office whose holders said that they are not theirs any more, the newest
    first. `after`: the moment and id of the last one of the page before."""
    return _newest_first(ContactStanding.says_no_at, ContactStanding.says_no_at.is_not(None), most, after)


def whose_mail_returned(most: int, after: Key | None = None) -> list[ContactStanding]:
    """Return the addresses of the acting office at which the newest mail returned, the newest first; without those
    whose holders said no. `after` as in who_said_no."""
    returned = ContactStanding.bounces & ContactStanding.says_no_at.is_(None)
    return _newest_first(ContactStanding.bounced_at, returned, most, after)


def _newest_first(
    moment: InstrumentedAttribute[datetime | None], chosen: ColumnElement[bool], most: int, after: Key | None
) -> list[ContactStanding]:  # fmt: skip
    mine = (ContactStanding.organisation_id == acting_organisation()) & ~ContactStanding.works
    query = select(ContactStanding).where(mine, chosen, ContactStanding.left_at.is_(None))
    if after:
        query = query.where(func.row(moment, ContactStanding.id) < func.row(*after))
    return list(db.session.scalars(query.order_by(moment.desc(), ContactStanding.id.desc()).limit(most)))
