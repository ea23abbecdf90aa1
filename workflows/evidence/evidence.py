"""The proof of one breach (Art. 33(5), 5(2)): what is stored, its part of the history, what other parties hold of it.

What is read first is contained in what is read later: statements, then the head of the chain, then the entries up to
it. Entries about other subjects appear as their hashes alone: they prove where the breach's own entries stand, and tell
nothing.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, bindparam, select, text

from tenants.database import db
from tenants.errors import NotFound
from tenants.history.countersignatures import HEAD
from tenants.history.entries import Actor, Entry, personal_values, record
from tenants.history.signed_heads import stamps_after
from tenants.history.signing_keys import BEGUN, public_keys
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.proofs import my_proof
from tenants.register.breaches import BREACH, Breach
from tenants.sealing import Seal, seal_unless_destroyed
from workflows.evidence.exporting import EXPORTED, TOLD

FORM = 2
MOST_STAMPS = 8
"""The most time stamps in one file: at 64 KiB each it stays below a mebibyte."""
ABOUT_CHAIN = (BEGUN, "history.sealed")
"""Entries about the chain itself: with which key it is signed, and since when an entry says what it is about."""
BY_NAME = text("select id from breach where organisation_id = :me and (id::text = :name or reference = :name)")
SUBJECTS = text("""
    select b.id from breach b where b.organisation_id = :me and b.id = :breach
    union all select n.id from notice n where n.organisation_id = :me and n.breach_id = :breach
    union all select b.escalation_id from breach b
               where b.organisation_id = :me and b.id = :breach and b.escalation_id is not null""")
KEYS = text("""
    select id, encode(history_subject(s.secret, id), 'hex') as key
      from unnest(cast(:subjects as uuid[])) id cross join history_seal s where s.organisation_id = :me""")
FIRST = text("""
    select min(seq) from history
     where organisation_id = :me and (subject_id = any(:subjects) or subject_id = :me and what = :begun)""")
GIVEN = text("select * from heads_held_of_me() where escalation_id = :escalation order by seq, holder")
HELD = text("select * from heads_that_i_hold() where escalation_id = :escalation order by received_at, seq")
ENTRIES = """
    select h.seq, history_form(h, h.seq, s) as form, h.hash, b.hash as before, h.actor, h.personal,
           p.name, p.salt as name_salt, p.erased_at as name_erased_at,
           k.salt as personal_salt, k.sealed, k.plain, k.erased_at as personal_erased_at
      from history h join history_seal s on s.organisation_id = h.organisation_id
      left join history b on b.organisation_id = h.organisation_id and b.seq = h.seq - 1
      left join history_person p on p.organisation_id = h.organisation_id and p.id = h.person
      left join history_personal k on k.organisation_id = h.organisation_id and k.seq = h.seq
     where h.organisation_id = :me and {} and h.seq <= :last order by h.seq"""
OWN = text(ENTRIES.format("h.subject_id = any(:subjects)"))
BESIDE = text(ENTRIES.format("h.subject_id = :me and h.what = any(:about_chain)"))
LEAVES = text("""
    select case when h.seq < s.sealed_from then '' else encode(history_tag(s.secret, h.subject_id, h.seq), 'hex') end
           || encode(history_leaf(history_form(h, h.seq, s)), 'hex')
      from history h join history_seal s on s.organisation_id = h.organisation_id
     where h.organisation_id = :me and h.seq between :first and :last order by h.seq""")
REGISTER = text("select register_text(b) from breach b where b.organisation_id = :me and b.id = :breach")
BEFORE = text("select hash from history where organisation_id = :me and seq = :first - 1")
# Without the processor's own number of the incident, which concerns the processor alone.
STORED = text("select to_jsonb(b) - 'incident_id' from breach b where b.organisation_id = :me and b.id = :breach")
STEPS = text("""
    select r.workflow, r.version, r.subject_id, r.state as run_state, s.name as step, s.round, s.kind, s.state,
           s.outcome, s.reason, s.done_by, s.done_for, s.done_at,
           (select p.name from history_person p where p.organisation_id = s.organisation_id and p.actor_id = s.done_by
               and p.name is not null order by p.id desc limit 1) as done_by_name
      from run r join step s on s.organisation_id = r.organisation_id and s.run_id = r.id
     where r.organisation_id = :me and r.subject_id = any(:subjects) order by r.created_at, r.id, s.id""")
MAIL = text("""
    select purpose, about_id, state, count(*) as recipients from recipient
     where organisation_id = :me and about_id = any(:subjects) group by 1, 2, 3 order by 1, 2, 3""")
ROW = select(*(BREACH[name] for name in EXPORTED), TOLD.label("people_told_at")).where(
    BREACH.organisation_id == bindparam("organisation"), BREACH.id == bindparam("breach")
)


@dataclass(frozen=True)
class Evidence:
    """The contents of the files, except the leaves of the chain, which are read while they are written."""

    facts: dict[str, Any]
    countersignatures: dict[str, Any]
    chain: dict[str, Any]
    time_stamps: list[dict[str, Any]]


def breach_called(name: str) -> UUID:
    """Return the acting organisation's breach with this id or reference. Raises NotFound."""
    row = db.session.scalar(BY_NAME, {"me": acting_organisation(), "name": name.strip()})
    if row is None:
        raise NotFound("breach.unknown")
    return UUID(str(row))


def gather(breach: Breach) -> Evidence:
    """Return everything that proves this breach of the acting organisation."""
    asked: dict[str, Any] = {"me": acting_organisation(), "breach": breach.id}
    asked["subjects"] = list(db.session.scalars(SUBJECTS, asked))
    asked["first"] = db.session.scalar(FIRST, asked | {"begun": BEGUN})
    signed, stamps = _countersignatures(breach.escalation_id), _time_stamps(asked["subjects"])
    head = db.session.execute(HEAD, {"organisation": asked["me"]}).one()
    before = db.session.scalar(BEFORE, asked)
    chain = {
        "organisation": asked["me"], "first": asked["first"], "last": head.seq, "head": bytes(head.hash).hex(),
        "before": bytes(before).hex() if before is not None else "",
    }  # fmt: skip
    return Evidence(_facts(breach, asked | {"last": head.seq}), signed, chain, stamps)


def leaves(chain: dict[str, Any]) -> Iterator[str]:
    """Return the tag of each entry and the hash of its form, in hexadecimals, for all entries in this part of the
    chain."""
    asked = {"me": chain["organisation"], "first": chain["first"], "last": chain["last"]}
    yield from db.session.execute(LEAVES, asked, execution_options={"yield_per": 2_000}).scalars()


def remember_export(breach: Breach, chain: dict[str, Any], manifest: str, by: Actor) -> None:
    """Record who took this evidence, and the hash of its signed list of files."""
    details = {"seq": chain["last"], "head": chain["head"], "manifest": manifest}
    record(
        [Entry("breach", breach.id, "evidence.exported", by, details, version=breach.version, terms=breach.terms_name)]
    )


def _facts(breach: Breach, asked: dict[str, Any]) -> dict[str, Any]:
    of = the_acting_organisation()
    names = ("id", "name", "kvk_number", "locale", "verified_at", "verified_how", "is_test")
    row = db.session.execute(ROW, {"organisation": asked["me"], "breach": breach.id}).mappings().one()
    return {
        "form": FORM, "made_at": database_now(),
        "organisation": {name: getattr(of, name) for name in names} | {"proof": _proof()}, "public_keys": public_keys(),
        "subjects": [dict(row) for row in db.session.execute(KEYS, asked).mappings()],
        "register": dict(row), "register_form": db.session.scalar(REGISTER, asked),
        "breach": db.session.scalar(STORED, asked),
        "terms": breach.terms, "moved_term": breach.moved_term,
        "steps": [dict(row) for row in db.session.execute(STEPS, asked).mappings()],
        "mail": [dict(row) for row in db.session.execute(MAIL, asked).mappings()],
        "entries": _entries(OWN, asked),
        "about_chain": _entries(BESIDE, asked | {"about_chain": list(ABOUT_CHAIN)}),
    }  # fmt: skip


def _proof() -> dict[str, Any] | None:
    proof = my_proof()
    return asdict(proof) if proof else None


def _entries(which: TextClause, asked: dict[str, Any]) -> list[dict[str, Any]]:
    rows = db.session.execute(which, asked).mappings().all()
    seal = seal_unless_destroyed() if any(row["sealed"] for row in rows) else None
    return [
        {"seq": row["seq"], "form": row["form"],
         "before": bytes(row["before"] or b"").hex(), "hash": bytes(row["hash"]).hex(),
         "name": _opened(row["actor"], row["name_salt"], row["name"], row["name_erased_at"]),
         "personal": _opened(row["personal"], row["personal_salt"], _values(row, seal), row["personal_erased_at"])}
        for row in rows
    ]  # fmt: skip


def _values(row: Any, seal: Seal | None) -> str | None:
    return personal_values(row["sealed"], row["plain"], seal)


def _opened(committed: bytes | None, salt: bytes | None, value: str | None, erased_at: Any) -> dict[str, Any] | None:
    """Return the personal values that the chain has the salted hash of, or the reason why they are erased or cannot be
    opened."""
    if committed is None:
        return None
    if value is None or salt is None:
        return {"erased": True, "erased_at": erased_at}
    return {"salt": bytes(salt).hex(), "value": value}


def _countersignatures(escalation: UUID | None) -> dict[str, Any]:
    """Return the countersignatures of this escalation alone: a statement names its party, which no other party may
    learn."""
    asked = {"escalation": escalation}
    sent = [
        _statement(row) | {"holder": {"id": row["holder"], "name": row["holder_name"]}}
        for row in db.session.execute(GIVEN, asked).mappings()
    ]
    held = [
        _statement(row) | {"giver": {"id": row["giver"], "name": row["giver_name"]}}
        for row in db.session.execute(HELD, asked).mappings()
    ]
    return {"given": sent, "held": held}


def _time_stamps(subjects: list[UUID]) -> list[dict[str, Any]]:
    """Return the newest time stamps that first followed an entry about this breach, oldest first, in base64."""
    stamps = stamps_after(subjects, MOST_STAMPS)
    return [{"seq": stamp.seq, "stamp": b64encode(stamp.stamp).decode()} for stamp in stamps]


def _statement(row: Any) -> dict[str, Any]:
    return {
        "statement": row["statement"], "signature": bytes(row["signature"]).hex(),
        "public_key": bytes(row["public_key"]).hex(), "received_at": row["received_at"],
    }  # fmt: skip
