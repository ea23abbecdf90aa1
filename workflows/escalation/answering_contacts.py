"""A contact of an office says, by the link in the yearly mail, whether they still are, and perhaps who is instead.

What somebody types there is a statement: the office sees it, and takes it over or does not (taking_over_contacts).
The link shows the question and changes nothing, because machines follow links too; a button answers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tenants.agreements.asked_contacts import Place, asked_by_link, office_of_link, places_of
from tenants.agreements.contact_standing import ContactStanding, is_asked
from tenants.errors import Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.identity.sessions import hash_of_token
from tenants.isolation import acting_for_nobody, database_now
from tenants.organisations.organisations import the_acting_organisation
from workflows.escalation.asking_contacts import whose
from workflows.law.periods import AMSTERDAM
from workflows.mail.limits import is_over

A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Question:
    """What the page of the link shows: who asks, whom, about which clients, and what was answered by this link."""

    office: str
    name: str
    address: str
    whose: str
    expires_at: datetime
    confirmed_at: datetime | None
    says_no_at: datetime | None
    successor: dict[str, Any] | None


def office_that_asks(token: str) -> UUID:
    """Return the office whose contact holds this link. Not inside acting_for. Raises NotFound."""
    with acting_for_nobody():
        return office_of_link(hash_of_token(token))


def question(token: str, locale: str) -> Question:
    """Return what this link asks. `locale`: the language of the page. Raises NotFound."""
    row = asked_by_link(hash_of_token(token))
    places = _places(row)
    office, name = the_acting_organisation().name, places[0].contact.get("name") if places else None
    confirmed_at = row.confirmed_at if row.says_no_at is None and not is_asked(row) else None
    in_force = [place for place in places if place.is_in_force]
    return Question(
        office, name or "", row.address, whose(in_force, locale) if in_force else "",
        row.token_expires_at or database_now(), confirmed_at, row.says_no_at, row.successor,
    )  # fmt: skip


def still_is(token: str) -> None:
    """Note that the holder of this link still is the contact. Repeating it changes nothing.

    Raises NotFound, and Invalid for more answers than a day allows.
    """
    row = asked_by_link(hash_of_token(token), is_locked=True)
    if row.says_no_at is None and not is_asked(row):
        return
    _refuse_too_many_of_a_day(row)
    now = database_now()
    row.confirmed_at, row.says_no_at, row.successor, row.next_at = now, None, None, now + A_YEAR
    row.reached_at = now
    _record(row, "contact.confirmed")


def is_no_more(token: str, successor: dict[str, str]) -> None:
    """Note that the holder of this link is not the contact any more, and whom they name; empty for nobody.

    Repeating it changes nothing; another name replaces the one before. Raises NotFound, and Invalid for more answers
    than a day allows.
    """
    row = asked_by_link(hash_of_token(token), is_locked=True)
    if row.says_no_at is not None and (row.successor or {}) == successor:
        return
    _refuse_too_many_of_a_day(row)
    row.says_no_at = row.reached_at = database_now()
    row.successor, row.next_at = successor or None, None
    _record(row, "contact.said_no", {"successor": successor} if successor else {})


def _refuse_too_many_of_a_day(row: ContactStanding) -> None:
    """Count this answer at its address; each one that changes something stands in the office's history."""
    if is_over("contact_answer", str(row.id)):
        raise Invalid("contact.answered_too_often")


def _places(row: ContactStanding) -> list[Place]:
    today = database_now().astimezone(AMSTERDAM).date()
    return places_of([row.address], today).get(row.address, [])


def _record(row: ContactStanding, what: str, personal: dict[str, Any] | None = None) -> None:
    """Record the answer at each agreement, as that of whoever reads the mail at this address."""
    record(
        Entry("agreement", place.agreement_id, what, Actor(None, place.contact.get("name") or row.address),
              {"client_number": place.client_number, "contact": place.place, "by_link": True}, personal or {})
        for place in _places(row)
    )  # fmt: skip
