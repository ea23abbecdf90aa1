"""The keys with which an organisation signs the end of its chain: Ed25519, one at a time; public keys are kept for
good.

The private key is wrapped by the master key itself. So destroying a data key leaves the proof intact.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import SYSTEM, Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.sealing import master_keys

READ = text("""
    select id, wrapped_key from signing_key where organisation_id = :organisation and ended_at is null""")
KEEP = text("""
    insert into signing_key (organisation_id, id, public_key, wrapped_key)
    values (:organisation, :id, :public_key, :wrapped) on conflict do nothing returning id""")
BEGUN = "signing_key.begun"
"""The entry that says with which key the organisation signs from then on: others find it in the chain."""
END = text("""
    update signing_key set wrapped_key = null, ended_at = now()
     where organisation_id = :organisation and ended_at is null returning id""")
LOCKED = text("""
    select wrapped_key from signing_key where organisation_id = :organisation and ended_at is null for update""")
REWRAPPED = text("""
    update signing_key set wrapped_key = :wrapped where organisation_id = :organisation and ended_at is null""")
ID = 16
"""The length in bytes of a key's id: the first bytes of the hash of its public part."""
PUBLIC = text("""
    select id, public_key, begun_at, ended_at from signing_key where organisation_id = :organisation
     order by begun_at, id""")


@dataclass(frozen=True)
class SigningKey:
    """The key of one organisation at work."""

    id: bytes
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, statement: str) -> bytes:
        """Return the signature of a text."""
        return self.private.sign(statement.encode())


def signing_key() -> SigningKey:
    """Return the acting organisation's key; made at first use."""
    organisation = acting_organisation()
    row = db.session.execute(READ, {"organisation": organisation}).one_or_none()
    if row is None:
        _make()
        row = db.session.execute(READ, {"organisation": organisation}).one()
    private = master_keys().unwrap(bytes(row.wrapped_key), organisation)
    return SigningKey(bytes(row.id), Ed25519PrivateKey.from_private_bytes(private))


def public_keys() -> list[dict[str, object]]:
    """Return the acting organisation's public keys: the current, and those before it."""
    rows = db.session.execute(PUBLIC, {"organisation": acting_organisation()}).mappings()
    return [
        {"id": bytes(row["id"]).hex(), "public_key": bytes(row["public_key"]).hex(), "begun_at": row["begun_at"],
         "ended_at": row["ended_at"]}
        for row in rows
    ]  # fmt: skip


def renew_signing_key(by: Actor) -> None:
    """Make a new signing key for the acting organisation; its old public key still verifies what was signed with it."""
    ended = db.session.scalar(END, {"organisation": acting_organisation()})
    details = {"ended": bytes(ended).hex() if ended else None, "begun": signing_key().id.hex()}
    record([Entry("organisation", acting_organisation(), "signing_key.renewed", by, details)])


def rewrap_signing_key() -> None:
    """Wrap the signing key under the current master key."""
    me, keys = acting_organisation(), master_keys()
    wrapped = db.session.scalar(LOCKED, {"organisation": me})
    if wrapped is not None:
        fresh = keys.current.wrap(keys.unwrap(bytes(wrapped), me), me)
        db.session.execute(REWRAPPED, {"organisation": me, "wrapped": fresh})


def _make() -> None:
    organisation, private = acting_organisation(), Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    wrapped = master_keys().current.wrap(private.private_bytes_raw(), organisation)
    number = hashlib.sha256(public).digest()[:ID]
    made = {"organisation": organisation, "id": number, "public_key": public, "wrapped": wrapped}
    if db.session.scalar(KEEP, made) is not None:
        details = {"key": number.hex(), "public_key": public.hex()}
        record([Entry("organisation", organisation, BEGUN, SYSTEM, details)])
