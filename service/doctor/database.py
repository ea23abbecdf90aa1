"""The database: does it answer, as a role that is held to the policies, at this version, with keys that open it?"""

import time
from collections.abc import Callable, Iterator

from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from migrations.listing import LISTED, compared, of_this_build, subject
from service.config import Config
from service.doctor.findings import Finding, ok, unknown, wrong
from service.health.readiness import BEHIND, head_of_this_build, readiness
from tenants.database import db
from tenants.isolation import acting_for_nobody
from tenants.keys.master_keys import can_open_what_is_stored, earlier_keys_in_use

OLDEST = 15
"""The oldest version of PostgreSQL that the migrations run on."""
MOST_DRIFT_S = 2.0
VERSION = text("select current_setting('server_version_num')::integer")
NOW = text("select extract(epoch from clock_timestamp())")
AT = text("select version_num from alembic_version")
MOST_NAMED = 10
"""How many changes a line names; it counts the others."""


def check_database(config: Config, now: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Look at the database as the app does. Inside an app context."""
    state = readiness(config.redis_url)
    role = str(state["database"])
    if role.startswith("unreachable"):
        yield wrong("database.unreachable", fault=role.partition(": ")[2])
        yield unknown("database.unseen")
        return
    yield _version()
    yield ok("role.held") if role == "ok" else wrong("role.may_bypass")
    is_behind = state["migrations"] != "ok" or state["definitions"] == BEHIND
    yield wrong("migrations.behind") if is_behind else ok("migrations.current")
    if isinstance(state["definitions"], dict):
        yield wrong("definitions.unknown", names=", ".join(state["definitions"]["unknown"]))
    if is_behind:
        yield unknown("policies.behind")
        return
    yield _policies()
    yield _keys(config)
    yield _clock(now)


def _version() -> Finding:
    with acting_for_nobody():
        number = int(db.session.scalar(VERSION) or 0) // 10_000
    return ok("database.answers", version=number) if number >= OLDEST else wrong("database.old", version=number)


def _policies() -> Finding:
    """Compare what guards the rows with what this build has for it."""
    right = of_this_build()
    with acting_for_nobody():
        if db.session.scalar(AT) != head_of_this_build():
            return unknown("policies.behind")
        there = compared(db.session.scalars(LISTED))
    changed = {subject(line) for key, line in (right | there).items() if (key in right) != (key in there)}
    if not changed:
        return ok("policies.forced", count=len(right))
    named = sorted(changed)[:MOST_NAMED]
    return wrong("policies.changed", names=", ".join(named), count=len(changed))


def _keys(config: Config) -> Finding:
    if not can_open_what_is_stored():
        return wrong("keys.do_not_open")
    if not config.previous_master_keys:
        return ok("keys.open")
    try:
        needed = earlier_keys_in_use()
    except InvalidTag:
        return wrong("keys.do_not_open")
    return wrong("keys.rotate") if needed else ok("keys.previous_not_needed")


def _clock(now: Callable[[], float]) -> Finding:
    before = now()
    try:
        with acting_for_nobody():
            there = float(db.session.scalar(NOW) or 0)
    except SQLAlchemyError:
        return unknown("clock.unseen")
    after = now()
    drift = there - (before + after) / 2
    if abs(drift) <= MOST_DRIFT_S + (after - before) / 2:
        return ok("clock.agrees")
    return wrong("clock.differs", seconds=round(drift))
