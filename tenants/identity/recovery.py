"""Recovery codes: ten, on paper, each in place of a second factor once. A new set replaces the old one.

Eighty random bits each, so the plain hash that is kept cannot be tried out.
"""

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import text

from tenants.database import db

HOW_MANY = 10
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Thirty-two characters that do not look alike: no l, o, 0 or 1."""
REMOVE = text("delete from recovery_code where user_id = :user")
KEEP = text("insert into recovery_code (user_id, code_hash) select :user, unnest(cast(:hashes as bytea[]))")
USE_UP = text("""
    update recovery_code set used_at = now()
     where user_id = :user and code_hash = :hash and used_at is null returning user_id""")
LEFT = text("select count(*) from recovery_code where user_id = :user and used_at is null")


def new_recovery_codes(user_id: UUID) -> list[str]:
    """Make ten new codes, to be shown once; earlier codes end."""
    codes = [_code() for _ in range(HOW_MANY)]
    remove_recovery_codes(user_id)
    db.session.execute(KEEP, {"user": user_id, "hashes": [_hash(user_id, code) for code in codes]})
    return codes


def use_recovery_code(user_id: UUID, typed: str) -> bool:
    """Use up this code; returns whether it was one of the user's unused codes. Spaces and capitals do not matter."""
    used = db.session.execute(USE_UP, {"user": user_id, "hash": _hash(user_id, typed)})
    return used.first() is not None


def recovery_codes_left(user_id: UUID) -> int:
    """Return how many codes are unused."""
    return int(db.session.scalar(LEFT, {"user": user_id}) or 0)


def remove_recovery_codes(user_id: UUID) -> None:
    """End all codes of this user."""
    db.session.execute(REMOVE, {"user": user_id})


def _code() -> str:
    signs = "".join(secrets.choice(LETTERS) for _ in range(16))
    return "-".join(signs[n : n + 4] for n in range(0, 16, 4))


def _hash(user_id: UUID, typed: str) -> bytes:
    bare = "".join(sign for sign in typed.lower() if sign.isalnum())
    return hashlib.sha256(user_id.bytes + bare.encode()).digest()
