"""The marks by which two accounts can be recognised as one person's: mailbox, app, passkeys, browsers."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.identity.totp import secret_of
from tenants.sealing import keyed_hash

READ = text("""
    select u.id, u.email,
           array(select public_key from passkey k where k.user_id = u.id) as passkeys,
           array(select distinct browser_mark from login_session s
                  where s.user_id = u.id and s.browser_mark is not null) as browsers
      from app_user u where u.id = any(:users)""")


@dataclass(frozen=True)
class Marks:
    """The marks of one account. Secret values are keyed hashes."""

    email: str
    apps: frozenset[bytes] = frozenset()
    passkeys: frozenset[bytes] = frozenset()
    browsers: frozenset[bytes] = frozenset()


def marks_of(users: Iterable[UUID]) -> dict[UUID, Marks]:
    """Return the marks of each of these users: one query for all, and one more for each app."""
    rows = db.session.execute(READ, {"users": list(users)})
    return {
        row.id: Marks(row.email, _app(row.id), frozenset(map(bytes, row.passkeys)), frozenset(map(bytes, row.browsers)))
        for row in rows.all()
    }


def _app(user_id: UUID) -> frozenset[bytes]:
    secret = secret_of(user_id)
    return frozenset() if secret is None else frozenset({keyed_hash("the secret of an app", secret)})
