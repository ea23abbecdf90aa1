"""Passkeys (WebAuthn): a key in somebody's device that signs a challenge of ours, after the device saw who it is.

Discoverable, and the device always verifies its user (a finger, a face, a pin): one passkey is two factors at once.
A challenge is kept here, works once and within five minutes; a key whose counter goes back was copied, and is refused.
"""

import hashlib
import json
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import BigInteger, func, select, text
from sqlalchemy.orm import Mapped, mapped_column
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenants.database import Record, db
from tenants.errors import Invalid, NotFound, NotKnown

MOST = 20
UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error)
"""Every error that the library raises for an answer that no browser gives."""
VERIFIED = UserVerificationRequirement.REQUIRED
KEEP = text("""
    insert into passkey_challenge (challenge_hash, purpose, user_id, expires_at)
    values (:hash, :purpose, :user, now() + interval '5 minutes')""")
USE_UP = text("""
    delete from passkey_challenge where challenge_hash = :hash and purpose = :purpose
       and user_id is not distinct from :user and expires_at > now() returning purpose""")
COUNT_UP = text("""
    update passkey set sign_count = :count, last_used_at = now()
     where id = :id and sign_count = :before returning id""")


@dataclass(frozen=True)
class Site:
    """The site that passkeys are made for, by its public address."""

    origin: str

    @property
    def name(self) -> str:
        """The host that passkeys are bound to."""
        return urlsplit(self.origin).hostname or ""


class Passkey(Record):
    """One key of one user."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    user_id: Mapped[UUID]
    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]


def is_made_by(key: Passkey, credential: Any) -> bool:
    """Return whether this answer of a browser, as it was sent, names this key."""
    try:
        return base64url_to_bytes(credential["id"]) == key.credential_id
    except UNREADABLE:
        return False


def passkeys_of(user_id: UUID) -> list[Passkey]:
    """Return the keys of this user, oldest first."""
    return list(db.session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)))


def options_for_new(user_id: UUID, email: str, name: str, site: Site) -> dict[str, Any]:
    """Return the options with which the browser makes a passkey."""
    known = [PublicKeyCredentialDescriptor(id=key.credential_id) for key in passkeys_of(user_id)]
    options = webauthn.generate_registration_options(
        rp_id=site.name, rp_name="Meldketen", user_id=user_id.bytes, user_name=email, user_display_name=name,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
    )  # fmt: skip
    return _asked(options, "new", user_id)


def options_for_login(site: Site) -> dict[str, Any]:
    """Return the options with which the browser logs somebody in: the passkey says who it is."""
    return _asked(webauthn.generate_authentication_options(rp_id=site.name, user_verification=VERIFIED), "login", None)


def options_for_proof(user_id: UUID, site: Site) -> dict[str, Any]:
    """Return the options with which the browser gives a second factor of this user."""
    known = [PublicKeyCredentialDescriptor(id=key.credential_id) for key in passkeys_of(user_id)]
    options = webauthn.generate_authentication_options(
        rp_id=site.name, user_verification=VERIFIED, allow_credentials=known
    )
    return _asked(options, "proof", user_id)


def answered(credential: dict[str, Any], purpose: str, user_id: UUID | None = None) -> bytes:
    """Return the challenge that this answers, if it is ours, fresh and for this use. Raises NotKnown.

    The challenge is used up in a transaction of its own, also when the answer turns out to be wrong.
    """
    try:
        said = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    except UNREADABLE as fault:
        raise NotKnown() from fault
    asked = {"hash": _hash(said.challenge), "purpose": purpose, "user": user_id}
    if db.session.execute(USE_UP, asked).first() is None:
        raise NotKnown()
    return said.challenge


def add_passkey(user_id: UUID, credential: dict[str, Any], challenge: bytes, name: str, site: Site) -> Passkey:
    """Keep a key that was just made. Raises Invalid when it does not answer this challenge."""
    if len(passkeys_of(user_id)) >= MOST:
        raise Invalid("passkey.too_many", "credential", most=MOST)
    try:
        made = webauthn.verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.name,
            expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except UNREADABLE as fault:
        raise Invalid("passkey.refused", "credential") from fault
    key = Passkey(
        user_id=user_id, credential_id=made.credential_id, public_key=made.credential_public_key,
        sign_count=made.sign_count, name=name,
    )  # fmt: skip
    db.session.add(key)
    db.session.flush()
    return key


def user_of_passkey(credential: dict[str, Any], challenge: bytes, site: Site) -> UUID:
    """Return the user whose passkey signed this challenge. Raises NotKnown."""
    try:
        key = db.session.scalar(select(Passkey).where(Passkey.credential_id == base64url_to_bytes(credential["id"])))
        if key is None:
            raise NotKnown()
        seen = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.name,
            expected_origin=site.origin, credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count, require_user_verification=True,
        )  # fmt: skip
    except UNREADABLE as fault:
        raise NotKnown() from fault
    counted = {"id": key.id, "before": key.sign_count, "count": seen.new_sign_count}
    if db.session.execute(COUNT_UP, counted).first() is None:
        raise NotKnown()
    return key.user_id


def remove_passkey(user_id: UUID, passkey_id: UUID) -> Passkey:
    """Forget one of the user's keys. Raises NotFound when it is not theirs."""
    key = db.session.scalar(select(Passkey).where((Passkey.user_id == user_id) & (Passkey.id == passkey_id)))
    if key is None:
        raise NotFound("passkey.unknown")
    db.session.delete(key)
    db.session.flush()
    return key


def _asked(options: Any, purpose: str, user_id: UUID | None) -> dict[str, Any]:
    db.session.execute(KEEP, {"hash": _hash(options.challenge), "purpose": purpose, "user": user_id})
    plain: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return plain


def _hash(challenge: bytes) -> bytes:
    return hashlib.sha256(challenge).digest()
