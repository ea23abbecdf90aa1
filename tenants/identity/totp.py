"""The six digits of an app (RFC 6238): a second factor. A code works once, also when two people type it at the same
time.

The secret is sealed under the master key, for this user alone. A new secret is shown in one session, and replaces the
old one when its first code was right.
"""

import hmac
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import text

from tenants.database import db
from tenants.sealing import open_for_user, seal_for_user

STEP_S = 30
WINDOW = (0, -1, 1)
"""The clock of a device may be one step early or late."""
BEGIN = text("""
    insert into user_totp (user_id, next_sealed, next_begun_at) values (:user, :sealed, now())
    on conflict (user_id) do update set next_sealed = excluded.next_sealed, next_begun_at = excluded.next_begun_at""")
BEGUN = text("""
    select next_sealed from user_totp
     where user_id = :user and next_begun_at > now() - interval '30 minutes' for update""")
CONFIRM = text("""
    update user_totp set sealed = next_sealed, confirmed_at = now(), last_counter = :counter,
           next_sealed = null, next_begun_at = null where user_id = :user""")
ENROL = text("""
    insert into user_totp (user_id, sealed, confirmed_at) values (:user, :sealed, now())
    on conflict (user_id) do update set sealed = excluded.sealed, confirmed_at = now(), last_counter = 0""")
SEALED = text("select sealed from user_totp where user_id = :user")
USE_UP = text("""
    update user_totp set last_counter = :counter
     where user_id = :user and sealed = :sealed and last_counter < :counter returning user_id""")
REMOVE = text("delete from user_totp where user_id = :user")


def begin_totp(user_id: UUID, session_id: UUID | None = None) -> str:
    """Return the secret to show in this session; it counts when a code of it is confirmed within half an hour.

    Until then the same session gets the same secret: who loads the page anew, or comes back from the app, confirms the
    secret that the app already has. Another session gets a new one, which takes the place of the first.
    """
    secret = waiting_secret(user_id, session_id)
    if secret is None:
        secret = pyotp.random_base32()
        begun = seal_for_user(user_id, {"secret": secret, "session": str(session_id)})
        db.session.execute(BEGIN, {"user": user_id, "sealed": begun})
    return secret


def waiting_secret(user_id: UUID, session_id: UUID | None) -> str | None:
    """Return the secret that this session was shown and has not confirmed yet; None half an hour after it was made."""
    sealed = db.session.scalar(BEGUN, {"user": user_id})
    begun = open_for_user(user_id, bytes(sealed)) if sealed else {}
    return str(begun["secret"]) if begun and begun.get("session") == str(session_id) else None


def confirm_totp(user_id: UUID, code: str, now: datetime, session_id: UUID | None = None) -> bool:
    """Whether the code fits the secret that this session was shown; if so, that secret counts from now on."""
    secret = waiting_secret(user_id, session_id)
    counter = _counter_of(secret, code, now) if secret else None
    if counter is None:
        return False
    db.session.execute(CONFIRM, {"user": user_id, "counter": counter})
    return True


def verify_totp(user_id: UUID, code: str, now: datetime) -> bool:
    """Whether the code is right and unused; if so, it and every earlier code are used up."""
    sealed = db.session.scalar(SEALED, {"user": user_id})
    counter = _counter_of(_open(user_id, sealed), code, now) if sealed else None
    if counter is None:
        return False
    used = db.session.execute(USE_UP, {"user": user_id, "sealed": sealed, "counter": counter})
    return used.first() is not None


def enrol_totp(user_id: UUID, secret: str) -> None:
    """Set a secret without confirmation, for the people of the demo and of tests."""
    db.session.execute(ENROL, {"user": user_id, "sealed": _seal(user_id, secret)})


def secret_of(user_id: UUID) -> str | None:
    """Return the secret of the user's app, or None. It is never shown or stored elsewhere."""
    sealed = db.session.scalar(SEALED, {"user": user_id})
    return _open(user_id, sealed) if sealed is not None else None


def has_totp(user_id: UUID) -> bool:
    """Whether this user has an app that gives codes."""
    return db.session.scalar(SEALED, {"user": user_id}) is not None


def remove_totp(user_id: UUID) -> None:
    """Remove the user's app."""
    db.session.execute(REMOVE, {"user": user_id})


def totp_address(secret: str, email: str) -> str:
    """Return the text of the QR code (otpauth://), with issuer and account."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Meldketen")


def _counter_of(secret: str, code: str, now: datetime) -> int | None:
    typed = "".join(code.split())
    if len(typed) != 6 or not (typed.isascii() and typed.isdigit()):
        return None
    totp, at = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    fits = [at + off for off in WINDOW if hmac.compare_digest(totp.generate_otp(at + off), typed)]
    return fits[0] if fits else None


def _seal(user_id: UUID, secret: str) -> bytes:
    return seal_for_user(user_id, {"secret": secret})


def _open(user_id: UUID, sealed: bytes) -> str:
    return str(open_for_user(user_id, bytes(sealed))["secret"])
