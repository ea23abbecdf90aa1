"""Checks whether an organisation's history is as it was written: in one pass over the chain, in constant memory.

The hashes need no secret: PostgreSQL computes them (view `history_checked`). Names are compared with their salted hash
there too; other personal values are opened here, with the organisation's key. A chain that was replaced as a whole,
with a new head, shows only in ends that others have: the other party (tenants/history/comparing.py), or a file that is
written once. Entries after the last such end cannot be checked so, and the result says up to which entry they reach.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from tenants.database import db
from tenants.history.comparing import Disagreement, disagreements
from tenants.history.entries import personal_values
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation
from tenants.sealing import Seal, seal_unless_destroyed

ALTERED, DROPPED, INSERTED, SWAPPED = "altered", "dropped", "inserted", "swapped"
CUT_OFF, HEAD_DIFFERS, NOT_RECORDED = "cut_off", "head_differs", "erased_unrecorded"
OTHER_PARTY, OUTSIDE = "other_party", "outside"
REASONS = (ALTERED, DROPPED, INSERTED, SWAPPED, CUT_OFF, HEAD_DIFFERS, NOT_RECORDED, OTHER_PARTY, OUTSIDE)
TOLD = 20
"""The most contradictions with other parties that are named; the first ones matter."""
PAGE = 2_000
EVERYBODY = text("select organisation_id, slug from organisations_with_history(:slug)")
CHAIN = text("""
    select count(*) as entries, coalesce(max(seq), 0) as last,
           min(seq) filter (where place <> seq or not follows) as broken,
           min(seq) filter (where name = 'altered') as renamed, count(*) filter (where name = 'erased') as erased,
           (select seq from history_head where organisation_id = :organisation) as head,
           (select k.hash = coalesce((select h.hash from history h where h.organisation_id = :organisation
                                       order by h.seq desc limit 1), ''::bytea)
              from history_head k where k.organisation_id = :organisation) as head_follows
      from history_checked where organisation_id = :organisation""")
SEALED = text("""
    select h.seq, h.personal, k.salt, k.sealed, k.plain, k.erased_at
      from history h left join history_personal k on k.organisation_id = h.organisation_id and k.seq = h.seq
     where h.organisation_id = :organisation and h.personal is not null and h.seq > :after
     order by h.seq limit :page""")
# An erased name or value, or a destroyed key, of which no entry tells that it was.
UNRECORDED = text("""
    select min(first) from (
      select (select min(h.seq) from history h where h.organisation_id = p.organisation_id and h.person = p.id) as first
        from history_person p
       where p.organisation_id = :organisation and p.erased_at is not null
         and not exists (select from history h where h.organisation_id = p.organisation_id and h.subject_id = p.id
                            and h.what = 'history.person_forgotten')
      union all
      select k.seq from history_personal k join history e on e.organisation_id = k.organisation_id and e.seq = k.seq
       where k.organisation_id = :organisation and k.erased_at is not null
         and not exists (select from history h where h.organisation_id = k.organisation_id
                            and h.subject_id = e.subject_id and h.what = 'history.personal_forgotten'
                            and h.details->'entry' = to_jsonb(k.seq))
      union all
      select min(k.seq) from history_personal k
       where k.organisation_id = :organisation and k.sealed is not null
         and not exists (select from organisation_key o
                          where o.organisation_id = k.organisation_id and o.wrapped_key is not null)
         and not exists (select from history h where h.organisation_id = k.organisation_id
                            and h.subject_id = k.organisation_id and h.what = 'key.destroyed')) found""")
HELD_BY_OTHERS = text("""
    select coalesce(max(t.seq), 0) from heads_held_of_me() t
      join history h on h.organisation_id = :organisation and h.seq = t.seq and h.hash = t.head""")
OF_FILE = text("""
    select o.seq, h.hash is not distinct from decode(o.head, 'hex') as stands
      from unnest(cast(:seqs as bigint[]), cast(:heads as text[])) as o(seq, head)
      left join history h on h.organisation_id = :organisation and h.seq = o.seq order by o.seq""")
DIAGNOSIS = text("select history_diagnosis(:organisation, :seq)")


@dataclass(frozen=True)
class Verified:
    """The verifier's result: how many entries, how many were erased, and where and why the chain breaks first.

    `witnessed` is the last entry whose end somebody else has; a rewrite of later entries cannot be found.
    """

    organisation_id: UUID
    entries: int
    erased: int
    seq: int | None = None
    why: str | None = None
    disagreements: tuple[Disagreement, ...] = ()
    witnessed: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was altered, the other parties hold the same, and each erasure is recorded."""
        return self.why is None


@dataclass(frozen=True)
class _Leaves:
    erased: int
    broken: int | None


def verify(organisation: UUID, outside: Sequence[tuple[int, str]] = ()) -> Verified:
    """Verify one organisation's whole history, in a transaction of its own.

    `outside`: ends of its chain that were kept elsewhere, each the number of an entry and the hash in hexadecimals.
    """
    with acting_for(organisation):
        return verify_acting_organisation(outside)


def organisations_to_verify(slug: str | None = None) -> list[tuple[UUID, str]]:
    """Return the organisations with a history, or the one with this slug."""
    with acting_for_nobody():
        return [(row.organisation_id, row.slug) for row in db.session.execute(EVERYBODY, {"slug": slug})]


def verify_acting_organisation(outside: Sequence[tuple[int, str]] = ()) -> Verified:
    """Verify the acting organisation's whole history, as it is now."""
    me = {"organisation": acting_organisation()}
    chain = db.session.execute(CHAIN, me).mappings().one()
    leaves = _leaves()
    seq, why = _first_break(dict(chain), leaves)
    others = tuple(islice(disagreements(), TOLD))
    if why is None and others:
        seq, why = others[0].seq, OTHER_PARTY
    kept = {"seqs": [seq for seq, _ in outside], "heads": [head for _, head in outside]}
    ends = db.session.execute(OF_FILE, me | kept).all()
    rewritten = [row.seq for row in ends if not row.stands]
    if why is None and rewritten:
        seq, why = rewritten[0], OUTSIDE
    witnessed = max([db.session.scalar(HELD_BY_OTHERS, me) or 0, *(row.seq for row in ends if row.stands)])
    erased = chain["erased"] + leaves.erased
    return Verified(acting_organisation(), chain["entries"], erased, seq, why, others, witnessed)


def _first_break(chain: dict[str, Any], leaves: _Leaves) -> tuple[int | None, str | None]:
    me = acting_organisation()
    if chain["broken"] is not None:
        why = db.session.scalar(DIAGNOSIS, {"organisation": me, "seq": chain["broken"]})
        return chain["broken"], why or ALTERED
    altered = [seq for seq in (chain["renamed"], leaves.broken) if seq is not None]
    if altered:
        return min(altered), ALTERED
    if chain["last"] != chain["head"]:
        head = chain["head"] or 0
        return (chain["last"] + 1, CUT_OFF) if chain["last"] < head else (head + 1, INSERTED)
    if not chain["head_follows"]:
        return chain["last"], HEAD_DIFFERS
    unrecorded = db.session.scalar(UNRECORDED, {"organisation": me})
    return (unrecorded, NOT_RECORDED) if unrecorded is not None else (None, None)


def _leaves() -> _Leaves:
    """Whether the personal values are what the chain has the salted hash of, page by page."""
    seal: Seal | None = None
    erased, broken, after = 0, None, 0
    while True:
        asked = {"organisation": acting_organisation(), "after": after, "page": PAGE}
        rows = db.session.execute(SEALED, asked).mappings().all()
        if not rows:
            return _Leaves(erased, broken)
        seal = seal or seal_unless_destroyed()
        erased += sum(row["erased_at"] is not None or _is_out_of_reach(row, seal) for row in rows)
        broken = broken or next((row["seq"] for row in rows if not _is_whole(row, seal)), None)
        after = rows[-1]["seq"]


def _is_out_of_reach(leaf: Any, seal: Seal | None) -> bool:
    """Whether the organisation's key was destroyed, so that its personal values count as erased."""
    return leaf["sealed"] is not None and seal is None


def _is_whole(leaf: Any, seal: Seal | None) -> bool:
    if leaf["erased_at"] is not None or _is_out_of_reach(leaf, seal):
        return True
    try:
        words = personal_values(leaf["sealed"], leaf["plain"], seal)
    except InvalidTag:
        return False
    return words is not None and hashlib.sha256(bytes(leaf["salt"]) + words.encode()).digest() == bytes(
        leaf["personal"]
    )
