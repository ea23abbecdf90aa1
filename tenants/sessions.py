"""Login sessions: a row each, so that ending one ends it at once. The token itself is only with the browser."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.users import User

LASTS = timedelta(hours=12)


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


def user_of_session(token: str) -> User | None:
    """Who is logged in with this token, now."""
    live = (LoginSession.expires_at > func.now()) & LoginSession.revoked_at.is_(None)
    found = select(User).join(LoginSession, LoginSession.user_id == User.id)
    return db.session.scalar(found.where(LoginSession.token_hash == hash_of_token(token), live))


def end_session(token: str) -> None:
    """Log out."""
    this = (LoginSession.token_hash == hash_of_token(token)) & LoginSession.revoked_at.is_(None)
    db.session.execute(update(LoginSession).where(this).values(revoked_at=func.now()))
