"""Limits on mail that could harm: how many of each kind a day, of one organisation and to one address.

What exceeds a limit is written and waits (`held`): for its day, or for a person. A link for a new password alone is not
written then: it is asked again (README, Decisions). Each kind of mail is in one of the first three tables
below, and acts that mail on request are in the fourth; tests/mail/test_limits.py walks them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import the_acting_organisation
from tenants.sealing import keyed_hash, seal_of_acting_organisation

COUNT = sql("select count_mails(:kind, cast(:hashes as bytea[]), :ahead, :most, :to_address, :of_all)")
START_OF = sql("select start_of_mail_day(:ahead)")
HELD = sql("""
    select held_for, held_until, count(*) as batches, min(created_at) as since from mail_batch
     where organisation_id = :me and about_id = :about and purpose = :purpose and state = 'held'
     group by 1, 2 order by 2 nulls first limit 1""")
HELD_NOW = sql("""
    select held_for, held_until from mail_batch
     where organisation_id = :me and purpose = :purpose and state = 'held' and created_at = now() limit 1""")
UNHEARD = sql("""
    select count(*) from mail_batch b
      join recipient r on r.organisation_id = b.organisation_id and r.batch_id = b.id
     where b.organisation_id = :me and b.purpose = :purpose and b.state = 'unknown' and r.state = 'unknown'
       and b.created_at >= start_of_mail_day(0) and r.address_hash = :fingerprint""")
RELEASE_VERIFIED = sql("select release_verified_mail(:most, :days_ahead)")
RELEASE = sql("select release_held_mail(:act)")
LIMIT = sql("select limit_mail(:act, :kind, :most)")
LINKS = sql("select allow_links(:act, :domains)")
GO = sql("select let_mail_of_today_go()")
NOT_VERIFIED = "not_verified"


@dataclass(frozen=True)
class Limit:
    """Mails a day, by the clock of Amsterdam. What exceeds the limit waits for one of the next days, or for a person.

    `to_address` limits mail of one organisation to one address that arrived or is on its way. With mails of which
    nobody knows whether they arrived, it is twice as many at most. `of_all` limits mail of all organisations to one
    address; it stops only organisations that wrote to it that day already: the first mail of an organisation has ten
    times that room. `days_ahead` is in days.
    """

    of_organisation: int
    to_address: int
    of_all: int
    days_ahead: int


@dataclass(frozen=True)
class Hold:
    """Why a mail waits (not_verified, organisation or address), and until when; None: until a person lets it go."""

    held_for: str
    until: datetime | None


LIMITS = {
    # A new team is invited in a day; nobody needs three invitations. The link lives 7 days, so it waits 2 at most.
    "invitation": Limit(of_organisation=20, to_address=3, of_all=12, days_ahead=2),
    # Notices, not readers: five breaches that people must hear of in one day. An address is on a list once.
    "notice": Limit(of_organisation=5, to_address=5, of_all=20, days_ahead=2),
}
DROPPED = {
    # The link lives an hour, so it cannot wait. Five an hour may be asked for an account (identity/attempts.py).
    # A request from a browser that was logged in to the account before is not counted, so a stranger cannot block it.
    "reset": Limit(of_organisation=5000, to_address=20, of_all=80, days_ahead=0),
    # Once a year to each contact, and a reminder. 200 a day are 70,000 a year; who registers all clients on one day has
    # them asked over many days, a year later. Nobody waits for it: the clock comes again on the next day.
    "contact_check": Limit(of_organisation=200, to_address=2, of_all=20, days_ahead=0),
}
"""Mail that exceeds these limits is not written at all: its workflow asks `is_over` or `are_over` first."""
NEVER_HELD = {
    "escalation": "Art. 33(2): only an admitted office escalates, to the contacts of its own agreements, once each. "
                  "Who corrects a contact has a limit in REFUSED.",
    "security": "It protects people, and nobody may hold it up to hide an act; the acts behind it have limits.",
    "reminder": "The alarm of a legal term, to the organisation's own people; one message for all clocks that ran out.",
}
"""Kinds of mail that no limit may delay; they are not counted at all."""
REFUSED = {
    # A contact that is corrected gets the message at once, again with each correction, at any address that is typed.
    # The bookkeeper of several clients has one address, and one incident may hit hundreds of clients.
    # A contact without an address counts at its client, in place of the address: each change stands in its history.
    # Each client whose contacts get other addresses counts too, alone or in a list (agreements/mailed_addresses.py).
    "contact": Limit(of_organisation=200, to_address=10, of_all=40, days_ahead=0),
    # A house confirms one address, perhaps after a mistake or two.
    "reply_address": Limit(of_organisation=10, to_address=3, of_all=12, days_ahead=0),
    # Each answer by a link of the yearly mail stands in the history of the office, at each agreement with that contact.
    # Whoever holds the link may change their mind. All contacts of a large office may answer on one day.
    "contact_answer": Limit(of_organisation=20000, to_address=10, of_all=10, days_ahead=0),
    # Who had an address of a client hears it once a day: it says to ask about all clients of the office.
    "contact_gone": Limit(of_organisation=20000, to_address=1, of_all=10, days_ahead=0),
}
"""Acts that mail somebody each time, or that anybody with a link can repeat: an act that exceeds these limits is
refused. Its workflow asks `is_over` or `are_over` first."""


def hold_each(purpose: str, addresses: list[str | None]) -> list[Hold | None]:
    """Count mails of this kind, each to an address or to a whole list. Returns a Hold for each, None for what may go
    now.

    It is one statement for a day, however many mails there are.
    """
    limit = LIMITS.get(purpose)
    more = min(_unheard(purpose, addresses), limit.to_address) if limit else 0
    holds: list[Hold | None] = [None] * len(addresses)
    waiting, first = list(range(len(addresses))), list[str]()
    for ahead in range(limit.days_ahead + 1) if limit else ():
        answers = _count(purpose, [addresses[nth] for nth in waiting], ahead, 0 if ahead else more) if waiting else []
        first = first or answers
        until = db.session.scalar(START_OF, {"ahead": ahead}) if ahead and "ok" in answers else None
        for nth, answer in zip(waiting, answers, strict=True):
            if answer == "ok":
                holds[nth] = Hold(first[nth], until) if ahead else None
        waiting = [nth for nth, answer in zip(waiting, answers, strict=True) if answer != "ok"]
    for nth in waiting if limit else ():
        holds[nth] = Hold(first[nth], None)
    return holds


def hold(purpose: str) -> Hold | None:
    """Count one mail of this kind to a whole list; None when it may go now."""
    [why] = hold_each(purpose, [None])
    return why


def is_over(purpose: str, address: str) -> bool:
    """Count one mail of a kind in DROPPED or REFUSED; returns whether it exceeds a limit, so that it must not be
    written."""
    return _count(purpose, [address], 0) != ["ok"]


def are_over(purpose: str, addresses: list[str]) -> list[bool]:
    """Count mails of a kind in DROPPED or REFUSED, each to an address, in one statement; returns for each whether it
    exceeds a limit, so that it must not be written today."""
    return [answer != "ok" for answer in _count(purpose, list[str | None](addresses), 0)] if addresses else []


def start_of_mail_day(ahead: int) -> datetime:
    """Return when the day begins, by the clock of Amsterdam, that comes this many days from now."""
    moment: datetime = db.session.scalar(START_OF, {"ahead": ahead})
    return moment


def _unheard(purpose: str, addresses: list[str | None]) -> int:
    """Return how many mails of this kind to this address had no event today.

    They raise the limit of today by as many, to twice the limit at most. Otherwise three mails that were lost while
    SendGrid failed would keep a second person out until the next day. But a mail without an event may have arrived.
    """
    if len(addresses) != 1 or addresses[0] is None:
        return 0
    fingerprint = seal_of_acting_organisation().fingerprint(addresses[0])
    values = {"me": acting_organisation(), "purpose": purpose, "fingerprint": fingerprint}
    return int(db.session.scalar(UNHEARD, values) or 0)


def _count(purpose: str, addresses: list[str | None], ahead: int, more: int = 0) -> list[str]:
    limit = (LIMITS | DROPPED | REFUSED)[purpose]
    hashes = [keyed_hash("mail to address", address.strip().casefold()) if address else None for address in addresses]
    values = {
        "kind": purpose, "hashes": hashes, "ahead": ahead, "to_address": limit.to_address + more,
        "of_all": limit.of_all,
        "most": the_acting_organisation().mail_limits.get(purpose, limit.of_organisation),
    }  # fmt: skip
    return list(db.session.scalar(COUNT, values) or [])


def held(purpose: str, about_id: UUID) -> Hold | None:
    """Return the reason that lasts longest why mail of this kind about this subject waits; None when none waits."""
    values = {"me": acting_organisation(), "about": about_id, "purpose": purpose}
    row = db.session.execute(HELD, values).first()
    return Hold(row.held_for, row.held_until) if row else None


def release_verified() -> int:
    """Let go the mail that waited for a proof of the organisation, within the limits of the day; returns how many
    batches."""
    limit = LIMITS["notice"]
    most = the_acting_organisation().mail_limits.get("notice", limit.of_organisation)
    return int(db.session.scalar(RELEASE_VERIFIED, {"most": most, "days_ahead": limit.days_ahead}) or 0)


def release_by_operator(act: UUID) -> int:
    """Let go the mail that the operator's act names; returns how many batches. Raises DBAPIError when there is no such
    act."""
    return int(db.session.scalar(RELEASE, {"act": act}) or 0)


def widen(act: UUID, purpose: str, most: int) -> None:
    """Allow the acting organisation this many mails of this kind a day, on the operator's act."""
    db.session.execute(LIMIT, {"act": act, "kind": purpose, "most": most})


def allow_links(act: UUID, domains: list[str]) -> None:
    """Let links to these domains, and below them, stay links, on the operator's act. Raises Invalid when not verified.
    """
    if the_acting_organisation().verified_at is None:
        raise Invalid("mail.links_of_verified")
    db.session.execute(LINKS, {"act": act, "domains": domains})


def let_mail_of_today_go() -> int:
    """Plan the mail of all organisations whose day has come; returns how many batches."""
    return int(db.session.scalar(GO) or 0)


def held_now(purpose: str) -> Hold | None:
    """Return why mail of this kind that was planned in this transaction waits; None when it may go."""
    row = db.session.execute(HELD_NOW, {"me": acting_organisation(), "purpose": purpose}).first()
    return Hold(row.held_for, row.held_until) if row else None
