"""Names and addresses of people are sealed with their organisation's own key, and gone when that key is destroyed.

AES-256-GCM; the data key is itself wrapped by the installation's master key, with the organisation as associated data.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation

READ = text("select wrapped_key from organisation_key where organisation_id = :organisation")
KEEP = text("""
    insert into organisation_key (organisation_id, wrapped_key) values (:organisation, :key) on conflict do nothing""")
NONCE = 12
_installation: dict[str, "MasterKey"] = {}


@dataclass(frozen=True)
class MasterKey:
    """The key that wraps the organisations' keys: 32 bytes, from the configuration."""

    secret: bytes

    def wrap(self, key: bytes, organisation: UUID) -> bytes:
        """Wrap an organisation's key, for that organisation alone."""
        return _lock(self.secret, key, organisation.bytes)

    def unwrap(self, wrapped: bytes, organisation: UUID) -> bytes:
        """Unwrap an organisation's key. Raises InvalidTag with another organisation or another master key."""
        return _unlock(self.secret, wrapped, organisation.bytes)


@dataclass(frozen=True)
class Seal:
    """One organisation's key at work."""

    key: bytes

    def close(self, values: dict[str, Any]) -> bytes:
        """Seal values, for instance {"name", "address"}."""
        return _lock(self.key, json.dumps(values, ensure_ascii=False).encode(), b"")

    def open(self, sealed: bytes) -> dict[str, Any]:
        """What was sealed. Raises InvalidTag when it was altered."""
        values: dict[str, Any] = json.loads(_unlock(self.key, sealed, b""))
        return values

    def fingerprint(self, address: str) -> bytes:
        """The same for the same address, and useless without the key: finds doubles among sealed addresses."""
        return hmac.digest(self.key, address.strip().casefold().encode(), hashlib.sha256)


def seal_of_acting_organisation() -> Seal:
    """The acting organisation's seal; its key is made at first use."""
    organisation, master = acting_organisation(), _master_key()
    wrapped = db.session.scalar(READ, {"organisation": organisation})
    if wrapped is None:
        fresh = master.wrap(AESGCM.generate_key(256), organisation)
        db.session.execute(KEEP, {"organisation": organisation, "key": fresh})
        wrapped = db.session.scalar(READ, {"organisation": organisation})
    return Seal(master.unwrap(bytes(wrapped), organisation))


def use_master_key(secret: bytes) -> None:
    """Told once, by create_app(): the installation's master key, 32 bytes."""
    _installation["master"] = MasterKey(secret)


def _master_key() -> MasterKey:
    if "master" not in _installation:
        raise RuntimeError("no master key: create_app() gives it")
    return _installation["master"]


def _lock(key: bytes, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def _unlock(key: bytes, locked: bytes, about: bytes) -> bytes:
    return AESGCM(key).decrypt(locked[:NONCE], locked[NONCE:], about)
