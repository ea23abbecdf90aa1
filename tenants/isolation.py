"""The only way to the rows: one organisation, one transaction.

`acting_for(organisation)` owns the transaction: it refuses to nest, ends an open one, tells PostgreSQL who is acting
(for this transaction alone) and removes the session afterwards. Returning commits, raising rolls back. A request asks
who the person is in the same transaction, before anybody acts: `acting_for_whom(find)`. PostgreSQL is told which person
acts as well, so that it refuses changes that a seat which does not count yet may not make (refuse_waiting_seat).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tenants.database import db
from tenants.driver_reads import rows_of

log = logging.getLogger(__name__)
ACT = """
    select now(), set_config('app.organisation', %(organisation)s, true), set_config('app.person', %(person)s, true),
           set_config('app.person_for', %(person_for)s, true)"""


@dataclass(frozen=True)
class Acting:
    """An organisation, the person who acts there, and the colleague they stand in for. Both are None for a machine."""

    organisation: UUID
    person: UUID | None = None
    person_for: UUID | None = None


class AlreadyActing(RuntimeError):
    """Code asked to act for an organisation while it was acting already: that would mix two of them."""


@contextmanager
def acting_for(organisation: UUID) -> Iterator[UUID]:
    """Act for one organisation, in one transaction of its own."""
    with acting_for_whom(lambda: Acting(organisation)):
        yield organisation


@contextmanager
def acting_for_whom(find: Callable[[], Acting | None]) -> Iterator[None]:
    """Act for the organisation that `find` returns, or for none. `find` runs in the same transaction, before any
    organisation acts, so row security shows it no organisation's rows."""
    with _transaction(None):
        acting = find()
        if acting is not None:
            db.session.info["acting"] = acting.organisation
            values = {name: str(value or "") for name, value in vars(acting).items()}
            [[db.session.info["now"], *_]] = rows_of(ACT, values)
        yield


@contextmanager
def acting_for_nobody() -> Iterator[None]:
    """Run a transaction without an organisation: for identity (login, invitations) and the doors that need none."""
    with _transaction(None):
        yield


@contextmanager
def asking_for_nobody() -> Iterator[None]:
    """Read one thing without an organisation and without a transaction, such as the holder of a token."""
    with _transaction(None):
        db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield


def acting_organisation() -> UUID:
    """Return the organisation that is acting now. Raises RuntimeError when none is."""
    organisation = db.session.info.get("acting")
    if organisation is None:
        raise RuntimeError("no organisation is acting")
    return UUID(str(organisation))


def after_commit(call: Callable[[], None]) -> None:
    """Call this once after the transaction was committed, and never if it was rolled back.

    Use it for what may be lost (hints, logs): a process that is killed makes no calls. A call that raises is logged,
    and the others are made.
    """
    db.session.info["after_commit"].append(call)


def before_commit(call: Callable[[], None]) -> None:
    """Call this at the end of the transaction, once however often it is asked for, and never if it is rolled back."""
    if call not in db.session.info["before_commit"]:
        db.session.info["before_commit"].append(call)


def database_now() -> datetime:
    """Return the database's moment, the same for the whole transaction: the only clock that decides anything.

    It is asked once a transaction; `acting_for` asked it when the transaction began.
    """
    info = db.session.info
    known: datetime | None = info.get("now")
    if known is not None:
        return known
    moment = db.session.execute(select(func.now())).scalar_one()
    if info.get("busy"):  # outside a transaction of ours nothing says when this moment is over
        info["now"] = moment
    return moment


@contextmanager
def _transaction(organisation: UUID | None) -> Iterator[None]:
    info: dict[str, Any] = db.session.info
    if info.get("busy"):
        raise AlreadyActing(f"acting for {info.get('acting')} already")
    db.session.rollback()
    calls: list[Callable[[], None]] = []
    last: list[Callable[[], None]] = []
    info.update(busy=True, acting=organisation, after_commit=calls, before_commit=last)
    try:
        yield
        for call in last:
            call()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        info.clear()
        db.session.remove()
    for call in calls:
        _apart(call)


def _apart(call: Callable[[], None]) -> None:
    """Make each of these calls and log what one of them raises: the transaction is committed already."""
    try:
        call()
    except Exception as fault:  # each call stands apart from the others
        log.error("a call after the commit failed: %s", type(fault).__name__, exc_info=True)
