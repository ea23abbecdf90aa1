"""The end of one's own chain, signed: after each decision and once a day, for whoever keeps it outside this database.

A statement is the JSON text, with sorted keys and without spaces, of

    {"form": 1, "organisation", "seq", "head", "at"}

What one party of an escalation gives the other says more: tenants/history/countersignatures.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.countersignatures import FORM, HEAD, canonical
from tenants.history.signing_keys import signing_key
from tenants.isolation import acting_for_nobody, acting_organisation, database_now

MOST = 500
ENDS = 200
"""The most signed ends of one organisation that are carried outside in one turn."""
TO_SIGN = text("select take_heads_to_sign(:most)")
KEEP = text("select keep_signed_head(:statement, :signature, :outside)")
TO_CARRY = text("select organisation_id, seq from take_heads_to_carry(:most, :ends)")
READ = """
    select h.seq, h.head, h.at, h.statement, h.signature, h.key_id, k.public_key, h.kept_at, h.stamp
      from signed_head h join signing_key k on k.organisation_id = h.organisation_id and k.id = h.key_id
     where h.organisation_id = :me {}"""
NEWEST = text(READ.format("order by h.seq desc limit 1"))
INSIDE = text(READ.format("and h.outside_at is not null and h.seq = any(:ends) order by h.seq"))
STAMPED = text("""
    select seq, head, stamp from signed_head where organisation_id = :me and stamp is not null order by seq""")
STAMPED_AFTER = text("""
    select * from (
      select distinct on (s.seq) s.seq, s.head, s.stamp
        from history h cross join lateral (
             select seq, head, stamp from signed_head
              where organisation_id = :me and stamp is not null and seq >= h.seq order by seq limit 1) s
       where h.organisation_id = :me and h.subject_id = any(:subjects) order by s.seq desc limit :most) newest
     order by seq""")
OUTSIDE = text("select head_is_outside(:seq, :in_file, :stamp, :whole)")
WAITING = text("select waiting, oldest_s from heads_waiting()")


@dataclass(frozen=True)
class SignedHead:
    """One signed end: at which entry, its hash, when, what was signed with which key, and where it is outside."""

    seq: int
    head: bytes
    at: datetime
    statement: str
    signature: bytes
    key_id: bytes
    public_key: bytes
    kept_at: datetime | None
    stamp: bytes | None


@dataclass(frozen=True)
class StampedHead:
    """One signed end with the answer of a time-stamping authority (RFC 3161, DER)."""

    seq: int
    head: bytes
    stamp: bytes


def organisations_to_sign() -> list[UUID]:
    """Return the organisations whose chain grew by a decision, or was not signed for a day, for the caller to sign.

    No other caller gets them for ten minutes.
    """
    with acting_for_nobody():
        return list(db.session.scalars(TO_SIGN, {"most": MOST}))


def sign_head(outside: bool) -> bool:
    """Sign the end of the acting organisation's chain; with `outside` it must be carried outside. False: it was signed
    before."""
    key = signing_key()
    head = db.session.execute(HEAD, {"organisation": acting_organisation()}).one()
    details: dict[str, Any] = {"form": FORM, "organisation": acting_organisation(), "seq": head.seq}
    statement = canonical(details | {"head": bytes(head.hash).hex(), "at": database_now().isoformat()})
    asked = {"statement": statement, "signature": key.sign(statement), "outside": outside}
    return bool(db.session.scalar(KEEP, asked))


def ends_to_carry(most: int = MOST, ends: int = ENDS) -> dict[UUID, list[int]]:
    """Return the signed ends to carry outside now, by their entry: of `most` organisations the newest `ends` each.

    An end that could not be carried comes again, each time later, until it is outside.
    """
    taken: dict[UUID, list[int]] = {}
    with acting_for_nobody():
        for row in db.session.execute(TO_CARRY, {"most": most, "ends": ends}):
            taken.setdefault(row.organisation_id, []).append(row.seq)
    return taken


def heads_inside(ends: Sequence[int]) -> list[SignedHead]:
    """Return those of the acting organisation's ends at these entries that must still be carried outside, oldest first.
    """
    rows = db.session.execute(INSIDE, {"me": acting_organisation(), "ends": list(ends)}).mappings()
    return [SignedHead(**row) for row in rows]


def stamped_heads() -> list[StampedHead]:
    """Return the acting organisation's signed ends that have a time stamp, oldest first."""
    rows = db.session.execute(STAMPED, {"me": acting_organisation()})
    return [StampedHead(row.seq, bytes(row.head), bytes(row.stamp)) for row in rows]


def stamps_after(subjects: list[UUID], most: int) -> list[StampedHead]:
    """Return, for each entry about these subjects, the first stamped end after it: the newest `most` of these, oldest
    first."""
    rows = db.session.execute(STAMPED_AFTER, {"me": acting_organisation(), "subjects": subjects, "most": most})
    return [StampedHead(row.seq, bytes(row.head), bytes(row.stamp)) for row in rows]


def signed_head() -> SignedHead | None:
    """Return the acting organisation's newest signed end."""
    row = db.session.execute(NEWEST, {"me": acting_organisation()}).mappings().one_or_none()
    return SignedHead(**row) if row else None


def note_outside(seq: int, in_file: bool, stamp: bytes | None, whole: bool) -> None:
    """Note that this end stands in the file or was stamped; with `whole` nothing is left to do for it."""
    db.session.execute(OUTSIDE, {"seq": seq, "in_file": in_file, "stamp": stamp, "whole": whole})


def waiting_heads() -> tuple[int, float]:
    """Return how many signed ends of all organisations wait to be carried outside, and for how many seconds the oldest
    waits."""
    row = db.session.execute(WAITING).one()
    return row.waiting, row.oldest_s
