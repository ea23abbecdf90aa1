"""Limits on mail that could harm: how many of each kind a day, of one organisation and to one address anywhere.

What exceeds a limit is written and waits (`held`): for its day, or for a person. Each kind of mail is in one of the
two tables below; tests/mail/test_limits.py walks them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation
from tenants.organisations import the_acting_organisation
from tenants.sealing import keyed_hash

COUNT = sql("select count_mail(:kind, :hash, :ahead, :most, :to_address)")
START_OF = sql("""
    select ((now() at time zone 'Europe/Amsterdam')::date + cast(:ahead as integer))::timestamp
           at time zone 'Europe/Amsterdam'""")
HELD = sql("""
    select held_for, held_until, count(*) as batches, min(created_at) as since from mail_batch
     where organisation_id = :me and about_id = :about and purpose = :purpose and state = 'held'
     group by 1, 2 order by 2 nulls first limit 1""")
HELD_NOW = sql("""
    select held_for, held_until from mail_batch
     where organisation_id = :me and purpose = :purpose and state = 'held' and created_at = now() limit 1""")
RELEASE_VERIFIED = sql("select release_verified_mail()")
RELEASE = sql("select release_held_mail(:act)")
LIMIT = sql("select limit_mail(:act, :kind, :most)")
LINKS = sql("select allow_links(:act, :domains)")
GO = sql("select let_mail_of_today_go()")
NOT_VERIFIED = "not_verified"


@dataclass(frozen=True)
class Limit:
    """A day, by the clock of Amsterdam. What exceeds it waits for a day at most so many days ahead, or for a person."""

    of_organisation: int
    to_address: int
    days_ahead: int


@dataclass(frozen=True)
class Hold:
    """Why a mail waits: not_verified, organisation or address; and until when. None: until a person lets it go."""

    held_for: str
    until: datetime | None


LIMITS = {
    # A new team is invited in a day; nobody needs three invitations. The link lives 7 days, so it waits 2 at most.
    "invitation": Limit(of_organisation=20, to_address=3, days_ahead=2),
    # The link lives an hour: tomorrow it would be dead, so it waits for a person.
    "reset": Limit(of_organisation=500, to_address=5, days_ahead=0),
    # Each tells somebody what changed in their login; a day with twenty changes is somebody else's doing.
    "security": Limit(of_organisation=500, to_address=20, days_ahead=2),
    # Notices, not readers: five breaches that people must hear of in one day. An address is on a list once.
    "notice": Limit(of_organisation=5, to_address=5, days_ahead=2),
}
NEVER_HELD = {
    "escalation": "Art. 33(2): only an admitted office escalates, to the contacts of its own agreements, once each.",
    "reminder": "The alarm of a legal term, to the organisation's own people; one message for all clocks that ran out.",
}
"""No limit on something else may delay these: they are not counted at all."""


def hold(purpose: str, address: str | None) -> Hold | None:
    """Count one mail of this kind, to this address or to a whole list; None when it may go now."""
    limit = LIMITS.get(purpose)
    if limit is None:
        return None
    most = the_acting_organisation().mail_limits.get(purpose, limit.of_organisation)
    hashed = keyed_hash("mail to address", address.strip().casefold()) if address else None
    counted = {"kind": purpose, "hash": hashed, "most": most, "to_address": limit.to_address}
    exceeded = "ok"
    for ahead in range(limit.days_ahead + 1):
        answer: str = db.session.scalar(COUNT, counted | {"ahead": ahead})
        exceeded = answer if ahead == 0 else exceeded
        if answer == "ok":
            return Hold(exceeded, db.session.scalar(START_OF, {"ahead": ahead})) if ahead else None
    return Hold(exceeded, None)


def held(purpose: str, about_id: UUID) -> Hold | None:
    """Why mail of this kind about this waits, the longest first; None when none does."""
    values = {"me": acting_organisation(), "about": about_id, "purpose": purpose}
    row = db.session.execute(HELD, values).first()
    return Hold(row.held_for, row.held_until) if row else None


def release_verified() -> int:
    """Let go what waited for the proof of whose organisation it is; how many batches."""
    return int(db.session.scalar(RELEASE_VERIFIED) or 0)


def release_by_operator(act: UUID) -> int:
    """Let go what the operator's act is about; how many batches. Raises DBAPIError when there is no such act."""
    return int(db.session.scalar(RELEASE, {"act": act}) or 0)


def widen(act: UUID, purpose: str, most: int) -> None:
    """The operator allows the acting organisation so many mails of this kind a day."""
    db.session.execute(LIMIT, {"act": act, "kind": purpose, "most": most})


def allow_links(act: UUID, domains: list[str]) -> None:
    """The operator lets links to these domains, and below them, stay links. Raises Invalid when not verified."""
    if the_acting_organisation().verified_at is None:
        raise Invalid("mail.links_of_verified")
    db.session.execute(LINKS, {"act": act, "domains": domains})


def let_mail_of_today_go() -> int:
    """Of all organisations: what waited for its day is planned; how many batches."""
    return int(db.session.scalar(GO) or 0)



def held_now(purpose: str) -> Hold | None:
    """Why mail of this kind waits that was planned in this transaction; None when it does not."""
    row = db.session.execute(HELD_NOW, {"me": acting_organisation(), "purpose": purpose}).first()
    return Hold(row.held_for, row.held_until) if row else None
