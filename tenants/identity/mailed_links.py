"""A mailed link for a new password: one hour, once, and only the hash of its token is kept."""

import secrets
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.errors import NotFound
from tenants.identity.sessions import hash_of_token

KEEP = text("""
    insert into password_reset (token_hash, user_id, expires_at) values (:hash, :user, now() + interval '1 hour')""")
HOLDER = text("""
    select user_id from password_reset where token_hash = :hash and used_at is null and expires_at > now()""")
USE_UP = text("""
    update password_reset set used_at = now()
     where token_hash = :hash and used_at is null and expires_at > now() returning user_id""")
CANCEL = text("update password_reset set used_at = now() where user_id = :user and used_at is null")


def new_reset(user_id: UUID) -> str:
    """Return a token for a link. Earlier links keep working, as otherwise a stranger could end them by asking again."""
    token = secrets.token_urlsafe(32)
    db.session.execute(KEEP, {"hash": hash_of_token(token), "user": user_id})
    return token


def user_of_reset(token: str) -> UUID:
    """Return the user who may choose a new password with this link. Raises NotFound when it lapsed, was used or does
    not exist."""
    return _found(db.session.scalar(HOLDER, {"hash": hash_of_token(token)}))


def use_reset(token: str) -> UUID:
    """Return the user of this link, which is used up. Of two uses at the same time one raises NotFound."""
    return _found(db.session.scalar(USE_UP, {"hash": hash_of_token(token)}))


def cancel_resets(user_id: UUID) -> None:
    """End all of this user's links for a new password."""
    db.session.execute(CANCEL, {"user": user_id})


def _found(user_id: UUID | None) -> UUID:
    if user_id is None:
        raise NotFound("reset.unknown")
    return user_id
