"""Seals with an organisation's current key what was sealed with an earlier one, lot by lot, each in a transaction.

It skips rows that another transaction has locked and returns to them later, so nobody waits for it.
"""

import time
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.files.parts import reseal_some
from tenants.files.uploaded import with_older_key
from tenants.form_drafts import opened, sealed_with_older_key
from tenants.isolation import acting_for, acting_organisation
from tenants.sealing import seal_of_acting_organisation

LOT = 500
FEW = 20
"""How many drafts are renewed at once: one may take two megabytes."""
FIRST = UUID(int=0)
HAS_A_KEY = text("select exists (select from organisation_key where organisation_id = :organisation)")
RECIPIENTS = text("""
    select id, sealed from recipient
     where organisation_id = :organisation and id > :after and substr(sealed, 1, 4) <> :label
     order by id limit :most for no key update skip locked""")
RECIPIENTS_LEFT = text("""
    select exists (select from recipient where organisation_id = :organisation and substr(sealed, 1, 4) <> :label)""")
RECIPIENTS_DONE = text("""
    update recipient r set sealed = g.sealed, address_hash = g.address_hash
      from unnest(cast(:ids as uuid[]), cast(:sealed as bytea[]), cast(:hashes as bytea[]))
           as g(id, sealed, address_hash)
     where r.organisation_id = :organisation and r.id = g.id""")
PERSONAL = text("""
    select seq, sealed from history_personal
     where organisation_id = :organisation and seq > :after and substr(sealed, 1, 4) <> :label
     order by seq limit :most""")
PERSONAL_DONE = text("select reseal_personal(cast(:entries as bigint[]), cast(:sealed as bytea[]))")
SECRET = text("""
    select sealed_secret from identity_provider
     where organisation_id = :organisation and substr(sealed_secret, 1, 4) <> :label for update""")
SECRET_DONE = text("update identity_provider set sealed_secret = :sealed where organisation_id = :organisation")


def has_a_key() -> bool:
    """Whether the acting organisation ever had a key."""
    return bool(db.session.scalar(HAS_A_KEY, {"organisation": acting_organisation()}))


def recipients(organisation: UUID, lot: int = LOT) -> int:
    """Seal every recipient anew, with its fingerprint; return how many. Not inside acting_for."""
    done, after = 0, FIRST
    while True:
        with acting_for(organisation):
            ids = _some_recipients(after, lot)
            done += len(ids)
            if not ids and not _recipients_left():
                return done
        after = ids[-1] if ids else FIRST
        if not ids:
            time.sleep(0.05)


def _some_recipients(after: UUID, lot: int) -> list[UUID]:
    seal, me = seal_of_acting_organisation(), acting_organisation()
    asked = {"organisation": me, "after": after, "label": seal.label, "most": lot}
    rows = db.session.execute(RECIPIENTS, asked).all()
    opened = [seal.open(bytes(row.sealed)) for row in rows]
    if rows:
        db.session.execute(RECIPIENTS_DONE, {
            "organisation": me, "ids": [row.id for row in rows], "sealed": [seal.close(values) for values in opened],
            "hashes": [
                seal.fingerprint(values.get("fingerprint_of") or values["address"]) for values in opened
            ],
        })  # fmt: skip
    return [row.id for row in rows]


def _recipients_left() -> bool:
    asked = {"organisation": acting_organisation(), "label": seal_of_acting_organisation().label}
    return bool(db.session.scalar(RECIPIENTS_LEFT, asked))


def personal(organisation: UUID, lot: int = LOT) -> int:
    """Seal the personal values of the history anew; return how many. Not inside acting_for."""
    done, after = 0, 0
    while True:
        with acting_for(organisation):
            rows = _some_personal(after, lot)
        if not rows:
            return done
        done, after = done + len(rows), rows[-1].seq


def _some_personal(after: int, lot: int) -> list[Any]:
    seal = seal_of_acting_organisation()
    asked = {"organisation": acting_organisation(), "after": after, "label": seal.label, "most": lot}
    rows = list(db.session.execute(PERSONAL, asked).all())
    if rows:
        fresh = [seal.close(seal.open(bytes(row.sealed))) for row in rows]
        db.session.execute(PERSONAL_DONE, {"entries": [row.seq for row in rows], "sealed": fresh})
    return rows


def drafts(organisation: UUID, lot: int = FEW) -> int:
    """Seal the drafts of its people's forms anew; return how many. Not inside acting_for.

    A draft that no key opens is ended, because nobody can read it: its writer begins with a blank form.
    """
    done = 0
    while True:
        with acting_for(organisation):
            seal = seal_of_acting_organisation()
            rows = sealed_with_older_key(seal.label, lot)
            for row in rows:
                typed = opened(row.sealed)
                row.sealed = None if typed is None else seal.close(typed)
        if not rows:
            return done
        done += len(rows)


def files(organisation: UUID, lot: int = FEW) -> int:
    """Seal the files that wait, and what was kept of those that were taken, anew; return how many parts and files. Not
    inside acting_for."""
    done = 0
    while True:
        with acting_for(organisation):
            rows = with_older_key(seal_of_acting_organisation().label, lot)
            for row in rows:
                row.keep_words(row.words)
            sealed = len(rows) + reseal_some(lot)
        if not sealed:
            return done
        done += sealed


def secrets(organisation: UUID) -> int:
    """Seal the secret of its identity provider anew; return how many it has. Not inside acting_for."""
    with acting_for(organisation):
        seal, me = seal_of_acting_organisation(), {"organisation": organisation}
        sealed = db.session.scalar(SECRET, me | {"label": seal.label})
        if sealed is None:
            return 0
        db.session.execute(SECRET_DONE, me | {"sealed": seal.close(seal.open(bytes(sealed)))})
        return 1
