"""Renews the installation's master key: everything wrapped under an earlier one is wrapped under the current, in lots.

Each organisation, and each lot of users, is a transaction of its own: after an interruption it continues from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from tenants.database import db
from tenants.history.signing_keys import rewrap_signing_key
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation
from tenants.sealing import MasterKeyUnknown, master_keys, open_for_user, seal_for_user

LOT = 500
THERE = text("select to_regprocedure('master_keys_in_use()') is not null")
IN_USE = text("select label, organisation_id, wrapped_key from master_keys_in_use()")
OF_USERS = text("""
    select distinct substr(sealed, 1, 8) from user_totp where sealed is not null
     union select substr(next_sealed, 1, 8) from user_totp where next_sealed is not null""")
TO_REWRAP = text("select organisation_id from organisations_to_rewrap(:label, :most)")
KEYS = text("""
    select number, wrapped_key from organisation_key
     where organisation_id = :organisation and wrapped_key is not null order by number for update""")
REWRAPPED = text("""
    update organisation_key set wrapped_key = :wrapped where organisation_id = :organisation and number = :number""")
USERS = text("""
    select user_id, sealed, next_sealed from user_totp
     where substr(sealed, 1, 8) <> :label or substr(next_sealed, 1, 8) <> :label
     order by user_id limit :most for update""")
RESEALED = text("""
    update user_totp u set sealed = g.sealed, next_sealed = g.next_sealed
      from unnest(cast(:users as uuid[]), cast(:sealed as bytea[]), cast(:next as bytea[]))
           as g(user_id, sealed, next_sealed)
     where u.user_id = g.user_id""")


@dataclass(frozen=True)
class Rewrapped:
    """The number of keys and secrets that were wrapped anew so far."""

    organisations: int
    users: int


def can_open_what_is_stored() -> bool:
    """Whether every master key under which something is wrapped was given."""
    with acting_for_nobody():
        if not db.session.scalar(THERE):
            return True  # nothing is stored yet that has a key
        try:
            for label in db.session.scalars(OF_USERS):
                master_keys().labelled(bytes(label))
            for row in db.session.execute(IN_USE):
                master_keys().unwrap(bytes(row.wrapped_key), row.organisation_id)
        except (MasterKeyUnknown, InvalidTag):
            return False
    return True


def earlier_keys_in_use() -> bool:
    """Whether something is still wrapped under another master key than the current one."""
    current = master_keys().current.label
    with acting_for_nobody():
        labels = {bytes(label) for label in db.session.scalars(OF_USERS)}
        labels |= {bytes(row.label) for row in db.session.execute(IN_USE)}
    return bool(labels - {current})


def rewrap(lot: int = LOT) -> Iterator[Rewrapped]:
    """Wrap everything under the current master key; yields the progress after each lot. Not inside acting_for."""
    organisations = users = 0
    while batch := _organisations(lot):
        for organisation in batch:
            with acting_for(organisation):
                _rewrap_acting_organisation()
        organisations += len(batch)
        yield Rewrapped(organisations, users)
    while count := _reseal_users(lot):
        users += count
        yield Rewrapped(organisations, users)


def _organisations(most: int) -> list[UUID]:
    with acting_for_nobody():
        return list(db.session.scalars(TO_REWRAP, {"label": master_keys().current.label, "most": most}))


def _rewrap_acting_organisation() -> None:
    me, keys = acting_organisation(), master_keys()
    for row in db.session.execute(KEYS, {"organisation": me}).all():
        wrapped = keys.current.wrap(keys.unwrap(bytes(row.wrapped_key), me), me)
        db.session.execute(REWRAPPED, {"organisation": me, "number": row.number, "wrapped": wrapped})
    rewrap_signing_key()


def _reseal_users(most: int) -> int:
    with acting_for_nobody():
        rows = db.session.execute(USERS, {"label": master_keys().current.label, "most": most}).all()
        fresh = {"users": [row.user_id for row in rows],
                 "sealed": [_anew(row.user_id, row.sealed) for row in rows],
                 "next": [_anew(row.user_id, row.next_sealed) for row in rows]}  # fmt: skip
        if rows:
            db.session.execute(RESEALED, fresh)
        return len(rows)


def _anew(user: UUID, sealed: bytes | None) -> bytes | None:
    return seal_for_user(user, open_for_user(user, bytes(sealed))) if sealed is not None else None
