"""Login sessions: a row each, so that ending one ends it at once. The token itself is only with the browser."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.users import Person, Place, User

LASTS = timedelta(hours=12)
HOLDER = text("""
    select u.id as user_id, u.email, u.name as user_name, u.locale, p.organisation_id, p.slug, p.name, p.role
      from login_session s join app_user u on u.id = s.user_id left join lateral memberships_of(u.id) p on true
     where s.token_hash = :hash and s.expires_at > now() and s.revoked_at is null
     order by p.name, p.organisation_id""")


class LoginSession(Record):
    """One login of one user."""

    __tablename__ = "login_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def hash_of_token(token: str) -> bytes:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).digest()


def begin_session(user: User) -> str:
    """Log this user in; returns the token, which is not kept."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        LoginSession(token_hash=hash_of_token(token), user_id=user.id, expires_at=func.now() + LASTS)
    )
    db.session.flush()
    return token


def person_of_session(token: str) -> Person | None:
    """Who is logged in with this token, now, and where they may be."""
    rows = db.session.execute(HOLDER, {"hash": hash_of_token(token)}).all()
    if not rows:
        return None
    places = tuple(Place(*row[4:]) for row in rows if row.organisation_id is not None)
    first = rows[0]
    return Person(first.user_id, first.email, first.user_name, first.locale, places)


def end_session(token: str) -> None:
    """Log out."""
    this = (LoginSession.token_hash == hash_of_token(token)) & LoginSession.revoked_at.is_(None)
    db.session.execute(update(LoginSession).where(this).values(revoked_at=func.now()))
