"""Gives an organisation a new key while it works; or destroys its key, so that nobody can read its recipients again.

Renewing: the new key is made; all transactions that were open end; what is sealed is sealed anew, in lots; all open
transactions end again, as they may hold values that they read before; then the old key is deleted. After an
interruption it continues from there.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from tenants.database import db
from tenants.errors import AlreadyDone, KeyDestroyed, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation
from tenants.keys import resealing
from tenants.sealing import master_keys, seal_of_acting_organisation

PATIENCE_S = 600.0
LIVE = text("""
    select number from organisation_key where organisation_id = :organisation and wrapped_key is not null
     order by number for update""")
ADD = text("""
    insert into organisation_key (organisation_id, number, wrapped_key)
    select :organisation, max(number) + 1, :wrapped from organisation_key where organisation_id = :organisation""")
WIPE = text("""
    update organisation_key set wrapped_key = null, destroyed_at = now()
     where organisation_id = :organisation and number < :below and wrapped_key is not null""")
MAIL_WAITS = text("""
    select exists (select from mail_batch where organisation_id = :organisation and state in ('planned', 'sending'))""")
SEALED = text("select count(*) from recipient where organisation_id = :organisation")
# Every transaction holds its own number: who was busy is done when that number is gone.
BUSY = text("""
    select coalesce(array_agg(l.virtualtransaction), '{}') from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'virtualxid' and l.granted and l.pid <> pg_backend_pid()
       and a.datname = current_database() and a.usename is not null""")
STILL_BUSY = text("""
    select exists (select from pg_locks l where l.locktype = 'virtualxid' and l.virtualtransaction = any(:before))""")
ALL = 2**31 - 1


class StillBusy(RuntimeError):
    """A transaction stays open too long: renew the key later, it continues from there."""


@dataclass(frozen=True)
class Renewed:
    """The number of recipients and values that were sealed anew."""

    recipients: int
    personal: int
    secrets: int
    drafts: int
    files: int


def renew_key(organisation: UUID, by: Actor, lot: int = resealing.LOT, patience_s: float = PATIENCE_S) -> Renewed:
    """Give the organisation a new key, or finish what was begun. Not inside acting_for.

    Raises StillBusy, KeyDestroyed.
    """
    with acting_for(organisation):
        number = _begin()
    _wait_for_who_is_busy(patience_s)
    done = Renewed(
        resealing.recipients(organisation, lot), resealing.personal(organisation, lot),
        resealing.secrets(organisation), resealing.drafts(organisation, lot),
        resealing.files(organisation),
    )  # fmt: skip
    _wait_for_who_is_busy(patience_s)
    with acting_for(organisation):
        _finish(number, by)
    return done


def destroy_key(by: Actor) -> int:
    """Destroy the acting organisation's key: nobody can read its recipients from now on. Returns how many there are.

    Raises KeyDestroyed; AlreadyDone while mail waits; NotFound when nothing was ever sealed.
    """
    me = {"organisation": acting_organisation()}
    if not db.session.scalars(LIVE, me).all():
        raise KeyDestroyed() if resealing.has_a_key() else NotFound("key.none")
    if db.session.scalar(MAIL_WAITS, me):
        raise AlreadyDone("key.mail_waits")
    recipients = db.session.scalar(SEALED, me) or 0
    db.session.execute(WIPE, me | {"below": ALL})
    record([Entry("organisation", acting_organisation(), "key.destroyed", by, {"recipients": recipients})])
    return recipients


def _begin() -> int:
    """Make the second key if there is none yet, and return the number of the key to seal with."""
    me, seal = acting_organisation(), seal_of_acting_organisation()
    if len(db.session.scalars(LIVE, {"organisation": me}).all()) > 1:
        return seal.number
    db.session.execute(ADD, {"organisation": me, "wrapped": master_keys().current.wrap(AESGCM.generate_key(256), me)})
    return seal.number + 1


def _finish(number: int, by: Actor) -> None:
    me = acting_organisation()
    wiped: Any = db.session.execute(WIPE, {"organisation": me, "below": number})
    if wiped.rowcount:
        record([Entry("organisation", me, "key.renewed", by, {"number": number})])


def _wait_for_who_is_busy(patience_s: float) -> None:
    until = time.monotonic() + patience_s
    with acting_for_nobody():
        before = db.session.scalar(BUSY)
    while _still_busy(before):
        if time.monotonic() > until:
            raise StillBusy()
        time.sleep(0.05)


def _still_busy(before: list[str] | None) -> bool:
    with acting_for_nobody():
        return bool(before) and bool(db.session.scalar(STILL_BUSY, {"before": before}))
