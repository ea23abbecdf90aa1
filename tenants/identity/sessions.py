"""Login sessions: a row each, so that ending one ends it at once. The token itself is only with the browser.

A session ends twelve hours after the login, and an hour after it was last used.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.driver_reads import rows_of
from tenants.errors import NotFound
from tenants.identity.users import Lasting, Person, User, factor_counts_from, places_in

LASTS, IDLE_LASTS = timedelta(hours=12), timedelta(hours=1)
KNOWN_AFTER = timedelta(hours=12)
"""How long after its end it is still known whose a session was, so that what its user typed is kept for them."""
IDLE = "interval '1 hour'"
LONGEST_BROWSER = 60
# One round trip: who it is, where they may be, and whether it is a minute ago that they were seen.
HOLDER = f"""
    select u.id as user_id, u.email, u.name as user_name, u.locale, s.id as session_id, s.proof_at, s.browser,
           s.proof_at is null and exists (select from user_totp t where t.user_id = u.id and t.sealed is not null)
             or s.proof_at is null and exists (select from passkey k where k.user_id = u.id) as owes_proof,
           s.last_seen_at < now() - interval '1 minute' as is_unseen, s.password_at, s.browser_mark,
           u.proof_counts_from, s.only_organisation is not null and s.proof_by_provider as proof_by_provider,
           now() as asked_at, least(s.expires_at, s.last_seen_at + {IDLE}) as ends_at, s.expires_at,
           p.organisation_id, p.slug, p.name, p.role, p.for_id
      from login_session s join app_user u on u.id = s.user_id left join lateral memberships_of(u.id) p
        on s.only_organisation is null or s.only_organisation = p.organisation_id
     where s.token_hash = %(hash)s and s.expires_at > now() and s.revoked_at is null and s.last_seen_at > now() - {IDLE}
     order by p.name, p.organisation_id, p.for_id nulls first"""
LAPSED = text(f"""
    select user_id, only_organisation, revoked_at is null as ended_by_time, browser from login_session
     where token_hash = :hash
       and least(revoked_at, expires_at, last_seen_at + {IDLE}) between now() - :known_after and now()""")
SEEN = text(f"""
    update login_session set last_seen_at = now()
     where id = :id and expires_at > now() and revoked_at is null
       and last_seen_at > now() - {IDLE} and last_seen_at < now() - interval '1 minute'""")
OPEN = text(f"""
    select id, browser, created_at, last_seen_at from login_session
     where user_id = :user and expires_at > now() and revoked_at is null and last_seen_at > now() - {IDLE}
     order by last_seen_at desc, id""")


class HolderRow(NamedTuple):
    """One row of HOLDER: whose session it is, and one of their places; the last five are None without any place."""

    user_id: UUID
    email: str
    user_name: str
    locale: str
    session_id: UUID
    proof_at: datetime | None
    browser: str
    owes_proof: bool
    is_unseen: bool
    password_at: datetime | None
    browser_mark: bytes | None
    proof_counts_from: datetime | None
    proof_by_provider: bool
    asked_at: datetime
    ends_at: datetime
    expires_at: datetime
    organisation_id: UUID | None
    slug: str | None
    name: str | None
    role: str | None
    for_id: UUID | None


@dataclass(frozen=True)
class OpenSession:
    """One of a user's sessions that can still be used."""

    id: UUID
    browser: str
    created_at: datetime
    last_seen_at: datetime


class LoginSession(Record):
    """One login of one user."""

    __tablename__ = "login_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=text("uuidv7()"))
    user_id: Mapped[UUID]
    proof_at: Mapped[datetime | None]
    password_at: Mapped[datetime | None]
    browser_mark: Mapped[bytes | None]
    only_organisation: Mapped[UUID | None]
    proof_by_provider: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(server_default="")


def hash_of_token(token: str) -> bytes:
    """Return the hash of a random token, as it is kept."""
    return hashlib.sha256(token.encode()).digest()


def begin_session(
    user: User, proven: bool = False, only_organisation: UUID | None = None, browser: str = ""
) -> str:
    """Log this user in, with a second factor or without; returns the token, which is not kept."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        LoginSession(
            token_hash=hash_of_token(token), user_id=user.id, expires_at=func.now() + LASTS,
            proof_at=func.now() if proven else None, only_organisation=only_organisation,
            proof_by_provider=proven and only_organisation is not None,
            browser=browser[:LONGEST_BROWSER], password_at=func.now() if only_organisation is None else None,
        )
    )  # fmt: skip
    db.session.flush()
    return token


def person_of_session(token: str) -> Person | None:
    """Return the person who is logged in with this token, and their organisations."""
    rows = [HolderRow(*row) for row in rows_of(HOLDER, {"hash": hash_of_token(token)})]
    if not rows:
        return None
    placed = [row[16:] for row in rows if row.organisation_id is not None]
    places = tuple(places_in(placed))  # type: ignore[arg-type]
    first = rows[0]
    return Person(
        first.user_id, first.email, first.user_name, first.locale, places, first.session_id, first.proof_at,
        first.owes_proof, first.browser, first.is_unseen, first.password_at, first.browser_mark,
        factor_counts_from(first.proof_counts_from, first.proof_by_provider), _lasting(first),
    )  # fmt: skip


def _lasting(row: HolderRow) -> Lasting:
    ends_when_seen = min(row.expires_at, row.asked_at + IDLE_LASTS) if row.is_unseen else row.ends_at
    return Lasting(row.asked_at, row.ends_at, ends_when_seen, row.expires_at)


class Lapsed(NamedTuple):
    """Whose session ended lately, and the only organisation in which it counted; None where it counted in all.

    `ended_by_time`: nobody ended it. `browser`: the kind of browser in which it was used, in words; blank where nobody
    knows.
    """

    user_id: UUID
    only_organisation: UUID | None
    ended_by_time: bool
    browser: str


def lapsed_session(token: str) -> Lapsed | None:
    """Return whose session ended at most KNOWN_AFTER ago, by time or by an act; None for any other token."""
    row = db.session.execute(LAPSED, {"hash": hash_of_token(token), "known_after": KNOWN_AFTER}).first()
    return None if row is None else Lapsed(*row)


def lapsed_user(token: str) -> UUID | None:
    """Return the user of a session that ended lately, as `lapsed_session`; None for a session of one organisation."""
    lapsed = lapsed_session(token)
    return lapsed.user_id if lapsed and lapsed.only_organisation is None else None


def see_session(session_id: UUID) -> None:
    """Note that the session is used now, at most once a minute, in a transaction apart, so that no request waits for
    it."""
    db.session.execute(SEEN, {"id": session_id})


def end_session(token: str) -> None:
    """End this session."""
    this = (LoginSession.token_hash == hash_of_token(token)) & LoginSession.revoked_at.is_(None)
    db.session.execute(update(LoginSession).where(this).values(revoked_at=func.now()))


def prove_session(session_id: UUID) -> None:
    """Note that the account's own second factor was given in this session now, also in a session that began by a
    provider."""
    proof = {"proof_at": func.now(), "proof_by_provider": False}
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(proof))


def password_given(session_id: UUID) -> None:
    """Note that the password was given again in this session now. It is no second factor: it counts for one's own
    account alone."""
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(password_at=func.now()))


def note_browser(session_id: UUID, mark: bytes) -> None:
    """Note that this session is used in the browser with this mark, to recognise two accounts in one browser."""
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(browser_mark=mark))


def end_sessions_through(organisation_id: UUID, user_id: UUID | None = None) -> int:
    """End the sessions that began through this organisation's provider, of one user or of all; returns how many."""
    through = LoginSession.only_organisation == organisation_id
    return _end(through if user_id is None else through & (LoginSession.user_id == user_id))


def renew_session(session_id: UUID) -> str:
    """Give the session a new token after a second factor; the old token ends."""
    token = secrets.token_urlsafe(32)
    renewed = {"token_hash": hash_of_token(token), "proof_at": func.now(), "proof_by_provider": False}
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(renewed))
    return token


def sessions_of(user_id: UUID) -> list[OpenSession]:
    """Return the user's open sessions, last seen first."""
    return [OpenSession(*row) for row in db.session.execute(OPEN, {"user": user_id})]


def browsers_before(user_id: UUID, besides: UUID | None) -> set[str]:
    """Return the kinds of browser, in words, of this user's other sessions; an empty set when this is the first."""
    earlier = (LoginSession.user_id == user_id) & (LoginSession.id.is_distinct_from(besides))
    return set(db.session.scalars(select(LoginSession.browser).where(earlier).distinct()))


def end_session_of(user_id: UUID, session_id: UUID) -> None:
    """End one of the user's own sessions at once. Raises NotFound when it is not theirs, or ended before."""
    if _end((LoginSession.user_id == user_id) & (LoginSession.id == session_id)) == 0:
        raise NotFound("session.unknown")


def end_stolen_session(user_id: UUID, session_id: UUID) -> None:
    """End the session as `end_session_of` does, and forget whose it was: its token no longer leads to the user."""
    end_session_of(user_id, session_id)
    nobodys = {"token_hash": hash_of_token(secrets.token_urlsafe(32))}
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(nobodys))


def end_sessions(user_id: UUID, but: UUID | None = None) -> int:
    """End all of the user's sessions, or all except `but`; return how many."""
    whose = LoginSession.user_id == user_id
    return _end(whose if but is None else whose & (LoginSession.id != but))


def _end(which: ColumnElement[bool]) -> int:
    still = which & LoginSession.revoked_at.is_(None)
    ending = update(LoginSession).where(still).values(revoked_at=func.now()).returning(LoginSession.id)
    ended = db.session.execute(ending)
    return len(ended.all())
