"""The history: who did what, for whom, when, on which version of the facts, under which terms of the law.

One chain per organisation, append only, in the same transaction as the fact. `record` only remembers; the last
statement before the commit, `chain_history`, writes all entries of the transaction and what doors wrote in another's
history, with the heads of the chains locked in one order: nobody waits longer than for a commit.

The canonical form of an entry is PostgreSQL's text of the jsonb array

    [2, organisation_id, seq, at in microseconds since 1970, subject_kind, subject_id, what, actor_id, role, for_id,
     actor, version, terms, details, personal]

(migrations/schema/functions/history_text.sql): the first element is the number of this form, what is not
known is null, `actor` is sha256(salt || the actor's name) and `personal` sha256(salt || text of the personal values),
both in hexadecimals. `hash` = sha256(hash of the entry before it, nothing for the first || leaf), leaf = sha256(tag ||
sha256(form in UTF-8)), tag = sha256(sha256(the organisation's secret || subject_id) || seq in 8 bytes). So names and
personal values, which are beside the chain, can be erased, and the chain still proves all the rest; and whoever is
shown the key of one subject, sha256(secret || subject_id), sees which entries are about it and that none is left out.
Form 1, of entries from before there were tags (`history_seal.sealed_from`), has sha256(form) as its leaf. Details of
an entry about a breach bear `register`: the hash of its row in the register as the transaction left it.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, event, text
from sqlalchemy.orm import Session, SessionTransaction

from tenants.database import db
from tenants.isolation import acting_organisation, before_commit
from tenants.sealing import Seal, seal_of_acting_organisation, seal_with

WRITE = text("select chain_history(cast(:entries as jsonb))")
COLUMNS = """
    select h.seq, h.subject_kind, h.subject_id, h.at, h.what, h.actor_id, h.person, p.name,
           h.role, h.for_id, h.version, h.terms, h.details, k.sealed, k.plain, h.hash, f.name as for_name,
           case when k.sealed is not null then array(
             select number from organisation_key where organisation_id = :organisation order by number) end as numbers,
           case when k.sealed is not null then array(
             select wrapped_key from organisation_key where organisation_id = :organisation order by number) end as keys
      from history h
      left join history_person p on p.organisation_id = h.organisation_id and p.id = h.person
      left join history_personal k on k.organisation_id = h.organisation_id and k.seq = h.seq
      left join app_user f on f.id = h.for_id
     where h.organisation_id = :organisation"""
OF_SUBJECTS = text(f"""{COLUMNS} and h.subject_id = any(:subjects)
       and (cast(:whats as text[]) is null or h.what = any(:whats))
       and (cast(:since as integer) is null or h.version >= :since) order by h.seq desc limit cast(:most as bigint)""")
BEFORE = text(f"""{COLUMNS} and h.seq < :before and (h.subject_kind = any(:kinds) or h.what = any(:whats))
       order by h.seq desc limit :most""")
AFTER_THE_NEWEST = 2**63 - 1
KEYS = ("numbers", "keys")
ORGANISATION = "by"
"""The detail that names the organisation which acted, where no person did."""


@dataclass(frozen=True)
class Actor:
    """The person who acted, in a role and perhaps as somebody's deputy, or the system by its name.

    `proven_at` is when this person last gave a second factor in this session; None when never. `proof_counts_from` is
    from when that counts for decisions; None for at once. `is_token`: whoever held an API token of this person acted.
    """

    id: UUID | None
    name: str
    role: str | None = None
    for_id: UUID | None = None
    proven_at: datetime | None = field(default=None, compare=False)
    proof_counts_from: datetime | None = field(default=None, compare=False)
    is_token: bool = field(default=False, compare=False)

    @property
    def is_a_person(self) -> bool:
        """Whether a person did it who is known: neither the system nor whoever held an API token."""
        return self.id is not None and not self.is_token

    @property
    def is_the_system(self) -> bool:
        """Whether the system did it, and no person."""
        return self.id is None and self.name == SYSTEM.name


SYSTEM = Actor(None, "Meldketen")


@dataclass(frozen=True)
class Entry:
    """An entry to be recorded about one subject (a breach, an incident, an escalation, a notice).

    `details` are kept for good, so they hold no personal data; `personal` values can be erased. `version` is the
    version of the facts that the actor looked at, `terms` the name of the law's terms that applied.
    """

    subject_kind: str
    subject_id: UUID
    what: str
    actor: Actor
    details: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    terms: str | None = None


@dataclass(frozen=True)
class History:
    """One entry as it is read. `details` include the personal values; `actor_name` is None when it was erased.

    `for_name` is the present name of the colleague for whom the actor stood in; None for nobody, or for an account that
    ended.
    """

    seq: int
    subject_kind: str
    subject_id: UUID
    at: datetime
    what: str
    actor_id: UUID | None
    actor_name: str | None
    role: str | None
    for_id: UUID | None
    version: int | None
    terms: str | None
    details: dict[str, Any]
    hash: bytes
    for_name: str | None = None


@dataclass(frozen=True)
class _Buffered:
    """An entry that waits for the commit, and the savepoint in which it was recorded."""

    row: str
    savepoint: SessionTransaction | None

    def is_within(self, savepoint: SessionTransaction) -> bool:
        transaction = self.savepoint
        while transaction is not None and transaction is not savepoint:
            transaction = transaction.parent
        return transaction is savepoint


def record(entries: Iterable[Entry]) -> None:
    """Remember entries for the acting organisation's history; they are written before the commit, or never."""
    acting_organisation()
    new_entries = list(entries)
    seal = seal_of_acting_organisation() if any(entry.personal for entry in new_entries) else None
    savepoint = db.session().get_nested_transaction()
    _buffer().extend(_Buffered(_row(entry, seal), savepoint) for entry in new_entries)
    before_commit(write)


def crossed() -> None:
    """Note that a door wrote in the history of other organisations, so that those chains are written before the commit
    too.

    The database refuses to commit a transaction in which this was forgotten.
    """
    before_commit(write)


def write() -> None:
    """Chain the entries recorded so far, in this organisation's history and in those of others."""
    db.session.flush()
    buffered = _buffer()
    db.session.execute(WRITE, {"entries": f"[{','.join(entry.row for entry in buffered)}]"})
    buffered.clear()


def of_subject(subject_id: UUID) -> list[History]:
    """Return the history of one subject, oldest first; entries recorded in this transaction are written first."""
    return of_subjects([subject_id])


def of_subjects(
    subject_ids: Iterable[UUID], whats: Iterable[str] | None = None, *, since: int | None = None,
    most: int | None = None,
) -> list[History]:  # fmt: skip
    """Return the entries about these subjects, oldest first, in one query: all of them, or those with these names.

    `since`: only those that were made on this version of the facts or a later one. `most`: how many of the newest; None
    for all. Entries recorded in this transaction are written first.
    """
    if _buffer():
        write()
    names = None if whats is None else list(whats)
    newest = _read(OF_SUBJECTS, {"subjects": list(subject_ids), "whats": names, "since": since, "most": most})
    return newest[::-1]


def entries_before(seq: int | None, most: int, kinds: Iterable[str], whats: Iterable[str]) -> list[History]:
    """Return at most this many entries before the one with this number, or the newest (None); the newest first.

    They are about subjects of these kinds, or have one of these names.
    """
    before = AFTER_THE_NEWEST if seq is None else seq
    return _read(BEFORE, {"before": before, "most": most, "kinds": list(kinds), "whats": list(whats)})


def _read(statement: TextClause, values: dict[str, Any]) -> list[History]:
    rows = db.session.execute(statement, {"organisation": acting_organisation(), **values}).mappings().all()
    sealed = next((row for row in rows if row["sealed"]), None)
    seal = seal_with(zip(sealed["numbers"], sealed["keys"], strict=True)) if sealed else None
    return [_told({name: row[name] for name in row if name not in KEYS}, seal) for row in rows]


def personal_values(sealed: bytes | None, plain: str | None, seal: Seal | None) -> str | None:
    """Return the text of the personal values of an entry, of which the chain has the salted hash.

    None when it was erased, or when the organisation's key was destroyed.
    """
    if sealed is None or seal is None:
        return plain
    values: str = seal.open(bytes(sealed))["text"]
    return values


def _told(row: dict[str, Any], seal: Seal | None) -> History:
    personal = personal_values(row.pop("sealed"), row.pop("plain"), seal)
    person, name = row.pop("person"), row.pop("name")
    row["actor_name"] = name if person else row["details"].get(ORGANISATION, SYSTEM.name)
    row["details"] = {**row["details"], **(json.loads(personal) if personal else {})}
    return History(**row)


def _row(entry: Entry, seal: Seal | None) -> str:
    actor = entry.actor
    row: dict[str, Any] = {
        "subject_kind": entry.subject_kind, "subject_id": entry.subject_id, "what": entry.what, "actor_id": actor.id,
        "actor_name": None if actor.is_the_system else actor.name, "role": actor.role, "for_id": actor.for_id,
        "version": entry.version, "terms": entry.terms, "details": entry.details,
    }  # fmt: skip
    if entry.personal and seal is not None:
        words, salt = json.dumps(entry.personal, ensure_ascii=False, default=str), os.urandom(16)
        row |= {
            "personal": hashlib.sha256(salt + words.encode()).hexdigest(), "salt": salt.hex(),
            "sealed": seal.close({"text": words}).hex(),
        }  # fmt: skip
    return json.dumps(row, default=str)


def _buffer() -> list[_Buffered]:
    buffered: list[_Buffered] = db.session.info.setdefault("history", [])
    return buffered


@event.listens_for(db.session, "after_soft_rollback")
def _forget_what_was_undone(session: Session, undone: SessionTransaction) -> None:
    """Forget entries that were recorded in a savepoint that was rolled back: those acts did not happen."""
    # A statement that failed undoes all up to the savepoint that it is in.
    while not undone.nested and undone.parent is not None:
        undone = undone.parent
    buffered: list[_Buffered] = session.info.get("history", [])
    buffered[:] = [entry for entry in buffered if undone.nested and not entry.is_within(undone)]
