"""Readiness: the database with the right role, the migrations of this build, and every definition with open runs.

Redis may be down: then hints are lost, and the work goes on, because workers look for work each second.
"""

from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from migrations.release import APP_ROLE, FOLDER, HumanStep
from service.release import declared
from service.running.app_without_routes import MAY_BYPASS
from tenants.database import db
from tenants.isolation import acting_for_nobody
from workflows.catalogue import CATALOGUE
from workflows.engine.claims import known_definitions
from workflows.engine.metrics import engine_state, open_definitions
from workflows.running.rq_hints import hints_waiting

ACTS_AS_APP = text(f"select pg_has_role(current_user, '{APP_ROLE}', 'usage')")
BEHIND = "behind: run meldketen release"
HUMAN_STEPS = text("select workflow, version, name, other_than, fresh from human_step")
TOKEN_SCOPES = text("select act from token_scope")
PATIENCE = text("set local statement_timeout = '3s'")
LATE_S = 60
"""Seconds. Clocks are looked at each second, so one that waits this long waits for a person."""
WITHOUT_REDIS = "unreachable: no hints; the chain goes on, workers look around each second"


def readiness(redis_url: str) -> dict[str, Any]:
    """Return the state of each part, with `ready`, and `degraded` for a fault of a part that is not needed."""
    parts = _database_parts()
    hints = hints_waiting(redis_url)
    ready = all(part == "ok" for part in parts.values())
    queue = "ok" if hints is not None else WITHOUT_REDIS
    return {"ready": ready, "degraded": [] if hints is not None else ["queue"], **parts, "queue": queue}


def with_clocks(state: dict[str, Any]) -> dict[str, Any]:
    """Return the result of `readiness`, and whether clocks run in time. A late clock degrades, and stops nothing.

    This counts over all organisations, so it is only for whoever may read the figures. The answer to others only names
    a reason why the service is not ready.
    """
    clocks = _asked(_clocks) if state["ready"] else "ok"
    late = [] if clocks == "ok" else ["clocks"]
    return state | {"degraded": state["degraded"] + late} | ({"clocks": clocks} if state["ready"] else {})


def _database_parts() -> dict[str, Any]:
    try:
        with acting_for_nobody():
            db.session.execute(PATIENCE)
            role = _role()
    except SQLAlchemyError as fault:
        return {"database": f"unreachable: {type(fault).__name__}"}
    return {"database": role, "migrations": _asked(_migrations), "definitions": _asked(_definitions)}


def _asked(what: Any) -> Any:
    """Return the answer of a check; a database of an older version lacks what the check asks for."""
    try:
        with acting_for_nobody():
            db.session.execute(PATIENCE)
            return what()
    except ProgrammingError:
        return BEHIND
    except SQLAlchemyError as fault:
        return f"unreachable: {type(fault).__name__}"


def _role() -> str:
    if db.session.scalar(MAY_BYPASS):
        return "wrong role: it can bypass row-level security"
    return "ok" if db.session.scalar(ACTS_AS_APP) else f"wrong role: it is not {APP_ROLE}"


def _migrations() -> Any:
    """Return whether the migrations are at the head of this build or beyond it.

    A release runs before the builds that need it, and this older build still serves meanwhile.
    """
    at, head = db.session.scalar(text("select version_num from alembic_version")), head_of_this_build()
    beyond = at is not None and at.isdigit() and at > head
    return "ok" if at == head or beyond else {"at": at, "head": head}


def _definitions() -> Any:
    """Return "ok", or the definitions with open runs that this build lacks, or that the database is behind this build.

    It is behind when the steps of people in the versions that this build knows are not exactly those of the database,
    or when it lacks an act that an API token may do.
    """
    known = set(known_definitions(CATALOGUE))
    unknown = sorted(open_definitions() - known)
    if unknown:
        return {"unknown": unknown}
    acts, there = set(db.session.scalars(TOKEN_SCOPES)), declared()
    is_filled = _kept_steps(known) == set(there.human_steps) and acts >= set(there.token_scopes)
    return "ok" if is_filled else BEHIND


def _kept_steps(known: set[str]) -> set[HumanStep]:
    """Return the steps of people that the database has of these definitions, each "name@version"."""
    rows = db.session.execute(HUMAN_STEPS)
    kept = {HumanStep(workflow, version, name, tuple(others), fresh) for workflow, version, name, others, fresh in rows}
    return {step for step in kept if f"{step.workflow}@{step.version}" in known}


def _clocks() -> str:
    late_s = engine_state()["clocks"]["late_s"] or 0
    return "ok" if late_s < LATE_S else f"late: the oldest should have been heard {late_s:.0f} seconds ago"


@cache
def head_of_this_build() -> str:
    """Return the newest migration of this build, by the numbers with which the files begin.

    It does not load Alembic, which takes each web process a third of a second. A test compares the two.
    """
    return max(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py"))
