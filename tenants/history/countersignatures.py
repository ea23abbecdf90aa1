"""The end of one's own chain, signed and given to the other party of an escalation, who keeps it in its own chain.

What was given cannot be taken back: whoever rewrites its chain afterwards contradicts what the other party holds. A
statement is the JSON text, with sorted keys and without spaces, of

    {"form": 1, "organisation", "seq", "head", "at", "about": escalation, "to": organisation}

It says to whom and about what it was given, so that it cannot be passed off as meant for another. How long a chain is
(`seq`) is therefore known to whom it is given; of what is in it nothing is.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import crossed
from tenants.history.signing_keys import signing_key
from tenants.isolation import acting_organisation, database_now

FORM = 1
HEAD = text("select seq, hash from history_head where organisation_id = :organisation")
CARRY = text("select carry_heads(cast(:given as jsonb))")


def carry_head(parties: Iterable[tuple[UUID, UUID]]) -> None:
    """Give the acting organisation's head, as it is committed, to these: each an escalation and its other party."""
    receivers = list(parties)
    if not receivers:
        return
    head = db.session.execute(HEAD, {"organisation": acting_organisation()}).one()
    if not head.seq:
        return
    key, at = signing_key(), database_now().isoformat()
    details = {"form": FORM, "organisation": acting_organisation(), "seq": head.seq, "head": bytes(head.hash).hex()}
    statements = [canonical(details | {"at": at, "about": about, "to": to}) for about, to in receivers]
    signed = [{"statement": statement, "signature": key.sign(statement).hex()} for statement in statements]
    db.session.flush()
    db.session.execute(CARRY, {"given": json.dumps(signed)})
    crossed()


def canonical(values: dict[str, Any]) -> str:
    """Return the text of these values that is signed; equal values always give the same text."""
    return json.dumps(values, default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_signed(statement: str, signature: bytes, public_key: bytes) -> bool:
    """Whether this key signed this text."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
