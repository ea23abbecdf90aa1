"""Once a year each contact of an office is asked: is this still you? So a wrong address is known before a breach is.

The clock process does it, in one transaction for each office: who is due is locked, written down as asked, and the mail
is planned in the same transaction. So a process that dies has asked nobody or written everything, and two of them ask
nobody twice. Who does not answer is reminded once, two weeks later, and counts as not confirmed after four weeks
(tenants.agreements.contact_standing): that does not make an address a wrong one.

The first time is a year after the address was registered. Not asked is an address at which mail returned, whose holder
said that it is not theirs any more, that waits for the office's check, or that stands in no agreement
in force; that with the test client does not count.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tenants.agreements.asked_contacts import (
    Place,
    due_addresses,
    note_asked,
    note_reminded,
    offices_to_ask,
    places_of,
    put_off,
)
from tenants.agreements.contact_standing import ContactStanding, is_asked
from tenants.history.entries import SYSTEM, Entry, record
from tenants.identity.sessions import hash_of_token
from tenants.identity.users import OWNER, PRIVACY_OFFICER, User, members_of
from tenants.isolation import acting_for, acting_organisation, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.settings import confirmed_reply_address
from workflows.engine.hints import hint_after_commit
from workflows.law.periods import AMSTERDAM
from workflows.mail.batches import Addressee, addressee, plan
from workflows.mail.limits import are_over, start_of_mail_day
from workflows.mail.links import contact_link
from workflows.mail.sender_names import called_as_sender, is_header_address
from workflows.mail.words import counted, word

__all__ = ["ask_contacts", "offices_to_ask"]
PURPOSE, TEXT = "contact_check", "contact_check"
REMINDED_AFTER = timedelta(days=14)
LINK_LIVES = timedelta(days=60)
LOOKED_AT_AGAIN = timedelta(days=30)
"""When an address is looked at again that cannot be asked now."""
MORNING = timedelta(hours=9)


@dataclass
class _Sorted:
    """The addresses that are due, by what is done with each."""

    asked: list[tuple[ContactStanding, Addressee]] = field(default_factory=list)
    reminded: list[tuple[ContactStanding, Addressee]] = field(default_factory=list)
    later: list[ContactStanding] = field(default_factory=list)
    never: list[ContactStanding] = field(default_factory=list)


def ask_contacts(office: UUID, most: int) -> int:
    """Ask or remind the contacts of this office that are due, at most so many; returns how many. Not inside
    acting_for."""
    with acting_for(office):
        return ask_due(most)


def ask_due(most: int) -> int:
    """Ask or remind the contacts of the acting office that are due, at most so many; returns how many."""
    return ask_these(due_addresses(most))


def ask_these(due: list[ContactStanding]) -> int:
    """Ask or remind these locked addresses of the acting office, within the limits of a day; returns how many."""
    now = database_now()
    everywhere = places_of([row.address for row in due], now.astimezone(AMSTERDAM).date())
    places = {address: [place for place in here if not place.is_test] for address, here in everywhere.items()}
    sort = _sorted(due, places, now)
    put_off(sort.later, now + LOOKED_AT_AGAIN)
    put_off(sort.never, None)
    asked, reminded = _within_the_limit(sort)
    _ask(asked, places, now, is_again=False)
    _ask(reminded, places, now, is_again=True)
    return len(asked) + len(reminded)


def _sorted(due: list[ContactStanding], places: dict[str, list[Place]], now: datetime) -> _Sorted:
    sort = _Sorted()
    for row in due:
        here = places.get(row.address, [])
        to = _addressee(here)
        if row.says_no_at is not None:
            sort.never.append(row)
        elif row.bounces or to is None or any(place.is_doubted for place in here):
            sort.later.append(row)
        elif is_asked(row) and row.reminded_at is None and row.asked_at and now < row.asked_at + LINK_LIVES:
            sort.reminded.append((row, to))
        else:
            sort.asked.append((row, to))
    return sort


def _addressee(places: list[Place]) -> Addressee | None:
    """Return the contact as mail can go there; None where no agreement in force has it, or the address is none."""
    contact = next((place.contact for place in places if place.is_in_force), None)
    return addressee(contact.get("name") or "", contact["email"].strip()) if contact else None


def _within_the_limit(sort: _Sorted) -> tuple[list[tuple[ContactStanding, Addressee]], ...]:
    """Return who is asked and who is reminded today; the others come again tomorrow morning."""
    mails = [*sort.reminded, *sort.asked]
    over = are_over(PURPOSE, [to.address for _, to in mails])
    late = {row.id for (row, _), is_over in zip(mails, over, strict=True) if is_over}
    if late:
        put_off([row for row, _ in mails if row.id in late], start_of_mail_day(1) + MORNING)
    return tuple([pair for pair in pairs if pair[0].id not in late] for pairs in (sort.asked, sort.reminded))


def _ask(
    pairs: list[tuple[ContactStanding, Addressee]], places: dict[str, list[Place]], now: datetime, is_again: bool
) -> None:  # fmt: skip
    if not pairs:
        return
    rows, tokens = [row for row, _ in pairs], [secrets.token_urlsafe(32) for _ in pairs]
    hashes, expires_at = [hash_of_token(token) for token in tokens], now + LINK_LIVES
    if is_again:
        note_reminded(rows, hashes, expires_at)
    else:
        note_asked(rows, hashes, expires_at, now + REMINDED_AFTER)
    office = the_acting_organisation()
    mails = [
        (row.id, Addressee(to.name, to.address, {
            "link": contact_link(token), "whose": whose(places[row.address], office.locale),
        }))
        for (row, to), token in zip(pairs, tokens, strict=True)
    ]  # fmt: skip
    plan(PURPOSE, TEXT, _common(office.locale, is_again), mails, office.locale)
    record(
        Entry("agreement", place.agreement_id, "contact.reminded" if is_again else "contact.asked", SYSTEM,
              {"client_number": place.client_number, "contact": place.place})
        for row in rows for place in places[row.address] if place.is_in_force
    )  # fmt: skip
    hint_after_commit(acting_organisation())


def whose(places: list[Place], locale: str) -> str:
    """Return words for the clients whose contact this is, within a sentence: one by its name, others as a number."""
    names = list(dict.fromkeys(place.controller_name for place in places if place.is_in_force))
    first, others = names[0], len(names) - 1
    return f"{first} {counted('contact_check.others', others, locale)}" if others else first


def _common(locale: str, is_again: bool) -> dict[str, str]:
    office, (name, email) = the_acting_organisation(), answers_to()
    common = {
        "office": office.name, "contact_name": name, "contact_email": email,
        "again": word("contact_check.again", locale) if is_again else "",
    }  # fmt: skip
    sender = {"on_behalf_of": called_as_sender(office)}
    return common | sender | ({"reply_to": email} if is_header_address(email) else {})


def answers_to() -> tuple[str, str]:
    """Return name and mail address of whoever answers questions for the acting office: the confirmed reply address of
    its settings, or else a privacy officer or an owner. Both are blank where there is nobody.

    Nobody confirmed the address of its FG."""
    office = the_acting_organisation()
    if (reply_address := confirmed_reply_address(office)) is not None:
        return office.name, reply_address
    people: list[tuple[User, str]] = members_of(office.id)
    for wanted in (PRIVACY_OFFICER, OWNER):
        for user, role in people:
            if role == wanted:
                return user.name, user.email
    return "", ""
