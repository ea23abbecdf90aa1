"""Names and addresses of people are sealed with their organisation's own key, and unreadable when that key is
destroyed.

AES-256-GCM; the data key is itself wrapped by the installation's master key, with the organisation as associated data.
A wrapped key begins with a label of its master key, and a sealed value with the number of its data key: while one is
renewed there are two, and the right one is chosen by that, not by trying.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from tenants.database import db
from tenants.driver_reads import as_text, rows_of
from tenants.errors import KeyDestroyed
from tenants.isolation import acting_organisation

READ = as_text(text("""
    select number, wrapped_key from organisation_key where organisation_id = :organisation order by number"""))
KEEP = text("""
    insert into organisation_key (organisation_id, wrapped_key) values (:organisation, :key) on conflict do nothing""")
NONCE, LABEL, NUMBER = 12, 8, 4
OPENED = NUMBER + NONCE
UNLABELLED = NONCE + 32 + 16
"""The length in bytes of a key that was wrapped before keys had a label."""
_installation: dict[str, "MasterKeys"] = {}


class MasterKeyUnknown(RuntimeError):
    """Something is wrapped under a master key that is not in the configuration."""


@dataclass(frozen=True)
class MasterKey:
    """A key that wraps the organisations' keys: 32 bytes, from the configuration."""

    secret: bytes = field(repr=False)

    @property
    def label(self) -> bytes:
        """Return the label that identifies this master key and reveals nothing about it."""
        return hashlib.sha256(self.secret).digest()[:LABEL]

    def wrap(self, key: bytes, organisation: UUID) -> bytes:
        """Wrap an organisation's key, for that organisation alone."""
        return self.label + _lock(self.secret, key, organisation.bytes)

    def unwrap(self, wrapped: bytes, organisation: UUID) -> bytes:
        """Unwrap an organisation's key. Raises InvalidTag with another organisation or another master key."""
        locked = wrapped if len(wrapped) == UNLABELLED else wrapped[LABEL:]
        return _unlock(self.secret, locked, organisation.bytes)


@dataclass(frozen=True)
class MasterKeys:
    """The current master key wraps; the earlier ones only unwrap."""

    current: MasterKey
    previous: tuple[MasterKey, ...] = ()

    def labelled(self, wrapped: bytes) -> MasterKey:
        """Return the master key under which this was wrapped. Raises MasterKeyUnknown."""
        for master in (self.current, *self.previous):
            if hmac.compare_digest(master.label, wrapped[:LABEL]):
                return master
        raise MasterKeyUnknown()

    def unwrap(self, wrapped: bytes, organisation: UUID) -> bytes:
        """Unwrap an organisation's key. Raises MasterKeyUnknown."""
        if len(wrapped) > UNLABELLED:
            return self.labelled(wrapped).unwrap(wrapped, organisation)
        for master in (self.current, *self.previous):
            try:
                return master.unwrap(wrapped, organisation)
            except InvalidTag:
                continue
        raise MasterKeyUnknown()


@dataclass(frozen=True)
class Seal:
    """One organisation's key in use; `older` are earlier keys that only open, by their numbers."""

    key: bytes = field(repr=False)
    number: int = 1
    older: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    @property
    def label(self) -> bytes:
        """Return the label with which every value begins that is sealed with the current key."""
        return self.number.to_bytes(NUMBER, "big")

    def close(self, values: dict[str, Any]) -> bytes:
        """Seal values, for instance {"name", "address"}."""
        return self.close_bytes(json.dumps(values, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Return the sealed values. Raises InvalidTag when they were altered."""
        values: dict[str, Any] = orjson.loads(self.open_bytes(sealed))
        return values

    def close_bytes(self, content: bytes) -> bytes:
        """Seal bytes, for instance of a file."""
        return self.label + _lock(self.key, content, b"")

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return the sealed bytes. Raises InvalidTag when they were altered."""
        cipher = self._ciphers.get(sealed[:NUMBER])
        if cipher is None:
            raise InvalidTag()
        return cipher.decrypt(sealed[NUMBER:OPENED], sealed[OPENED:], b"")

    @cached_property
    def _ciphers(self) -> dict[bytes, AESGCM]:
        keys = {**self.older, self.number: self.key}
        return {number.to_bytes(NUMBER, "big"): AESGCM(key) for number, key in keys.items()}

    def fingerprint(self, address: str) -> bytes:
        """Return the keyed hash of an address, to find the same address twice among sealed ones; useless without the
        key."""
        return _fingerprint(self.key, address)

    def earlier_fingerprint(self, address: str) -> bytes | None:
        """Return the fingerprint by the key that is being replaced; None when none is."""
        return next((_fingerprint(key, address) for key in self.older.values()), None)


def seal_of_acting_organisation() -> Seal:
    """Return the acting organisation's seal; its key is made at first use. Raises KeyDestroyed."""
    organisation = acting_organisation()
    rows = rows_of(READ, {"organisation": organisation})
    if not rows:
        fresh = master_keys().current.wrap(AESGCM.generate_key(256), organisation)
        db.session.execute(KEEP, {"organisation": organisation, "key": fresh})
        rows = rows_of(READ, {"organisation": organisation})
    seal = seal_with(rows)
    if seal is None:
        raise KeyDestroyed()
    return seal


def seal_with(wrapped: Iterable[tuple[int, bytes | None]]) -> Seal | None:
    """Return the acting organisation's seal with its wrapped keys, by number; None when its key was destroyed."""
    organisation = acting_organisation()
    keys = {number: master_keys().unwrap(bytes(key), organisation) for number, key in wrapped if key}
    if not keys:
        return None
    number = max(keys)
    return Seal(keys.pop(number), number, keys)


def seal_unless_destroyed() -> Seal | None:
    """Return the acting organisation's seal; None when its key was destroyed and nothing can be opened any more."""
    try:
        return seal_of_acting_organisation()
    except KeyDestroyed:
        return None


def seal_for_user(user_id: UUID, values: dict[str, Any]) -> bytes:
    """Seal what belongs to one user and to no organisation, such as a TOTP secret: under the master key itself."""
    master = master_keys().current
    return master.label + _lock(master.secret, json.dumps(values).encode(), b"user" + user_id.bytes)


def open_for_user(user_id: UUID, sealed: bytes) -> dict[str, Any]:
    """Return the value that was sealed for this user. Raises InvalidTag for another user, MasterKeyUnknown without its
    master key."""
    master = master_keys().labelled(sealed)
    values: dict[str, Any] = json.loads(_unlock(master.secret, sealed[LABEL:], b"user" + user_id.bytes))
    return values


def keyed_hash(about: str, value: str) -> bytes:
    """Return the hash of a value under the master key: it can be compared and counted, but not read back."""
    key = hmac.digest(master_keys().current.secret, f"meldketen {about}".encode(), hashlib.sha256)
    return hmac.digest(key, value.encode(), hashlib.sha256)


def use_master_key(secret: bytes, *previous: bytes) -> None:
    """Set the installation's master key (32 bytes) and the earlier ones. Called once, by create_app()."""
    _installation["master"] = MasterKeys(MasterKey(secret), tuple(MasterKey(earlier) for earlier in previous))


def master_keys() -> MasterKeys:
    """Return the installation's master keys. Raises RuntimeError before `use_master_key`."""
    if "master" not in _installation:
        raise RuntimeError("no master key: create_app() gives it")
    return _installation["master"]


def _fingerprint(key: bytes, address: str) -> bytes:
    return hmac.digest(key, address.strip().casefold().encode(), hashlib.sha256)


def _lock(key: bytes, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def _unlock(key: bytes, locked: bytes, about: bytes) -> bytes:
    return AESGCM(key).decrypt(locked[:NONCE], locked[NONCE:], about)
