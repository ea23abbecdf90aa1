"""Compares an organisation's chain with what other parties hold of it, and their chains with what it holds of them.

A chain that was rewritten as a whole, with its head, is consistent in itself: only this comparison shows it. To hide
it, both parties of an escalation would have to be rewritten, with signatures that neither can make for the other.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.countersignatures import FORM, canonical, is_signed
from tenants.isolation import acting_organisation

REWRITTEN, CUT_SHORT, NOT_SIGNED = "rewritten", "cut_short", "not_signed"
THEIRS_REWRITTEN, THEIRS_NOT_SIGNED, LOST = "theirs_rewritten", "theirs_not_signed", "lost"
DISAGREEMENTS = (REWRITTEN, CUT_SHORT, NOT_SIGNED, THEIRS_REWRITTEN, THEIRS_NOT_SIGNED, LOST)
OF_ME = text("""
    select t.*, own.hash as ours,
           exists (select from signing_key k where k.organisation_id = :me and k.public_key = t.public_key
                      and t.received_at between k.begun_at and coalesce(k.ended_at, 'infinity')) as key_known
      from heads_held_of_me() t left join history own on own.organisation_id = :me and own.seq = t.seq
     order by t.seq""")
OF_THEM = text("select * from heads_that_i_hold()")
# Received according to the chain and not there, or there and never received.
UNMATCHED = text("""
    select coalesce(e.seq, c.seq) as seq, coalesce(e.by, c.giver_name) as party, coalesce(e.at, c.received_at) as at
      from (select h.seq, h.at, h.subject_id, h.details->>'by' as by, (h.details->>'seq')::bigint as of_them,
                   h.details->>'head' as head, h.details->>'key' as key
              from history h where h.organisation_id = :me and h.what = 'head.received') e
      full join heads_that_i_hold() c
        on c.escalation_id = e.subject_id and c.seq = e.of_them and encode(c.head, 'hex') = e.head
           and encode(substr(sha256(c.public_key), 1, 16), 'hex') = e.key
     where e.seq is null or c.giver is null order by 1""")
IN_PAGES = {"yield_per": 500}


@dataclass(frozen=True)
class Disagreement:
    """A contradiction between two parties: at which entry, with which party, and what that party received when."""

    why: str
    seq: int
    party: str
    at: datetime


def disagreements() -> Iterator[Disagreement]:
    """Yield each place where the acting organisation's chain or that of another party contradicts what was given."""
    me = {"me": acting_organisation()}
    for row in db.session.execute(OF_ME, me, execution_options=IN_PAGES).mappings():
        why = _wrong_of_me(row)
        if why:
            yield Disagreement(why, row["seq"], row["holder_name"], row["received_at"])
    for row in db.session.execute(OF_THEM, me, execution_options=IN_PAGES).mappings():
        why = _wrong_of_them(row)
        if why:
            yield Disagreement(why, row["seq"], row["giver_name"], row["received_at"])
    for row in db.session.execute(UNMATCHED, me).mappings():
        yield Disagreement(LOST, row["seq"], row["party"], row["at"])


def _wrong_of_me(row: Any) -> str | None:
    if not (row["key_known"] and _holds(row, acting_organisation(), row["holder"])):
        return NOT_SIGNED
    if row["ours"] is None:
        return CUT_SHORT
    return None if bytes(row["ours"]) == bytes(row["head"]) else REWRITTEN


def _wrong_of_them(row: Any) -> str | None:
    if not (row["key_known"] and _holds(row, row["giver"], acting_organisation())):
        return THEIRS_NOT_SIGNED
    return None if row["stands"] else THEIRS_REWRITTEN


def _holds(row: Any, giver: UUID, holder: UUID) -> bool:
    """Whether the values in the columns are those that were signed."""
    try:
        statement = json.loads(row["statement"])
        columns = {"form": FORM, "organisation": giver, "seq": row["seq"], "head": bytes(row["head"]).hex(),
                   "at": statement["at"], "about": row["escalation_id"], "to": holder}  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return False
    return row["statement"] == canonical(columns) and is_signed(
        row["statement"], bytes(row["signature"]), bytes(row["public_key"])
    )
