"""Clocks that must be heard: one sweep per organisation, as a set, by any number of clock processes."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.history.entries import SYSTEM, Entry, record
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation, database_now
from workflows.engine import metrics
from workflows.engine.claims import known_definitions, named
from workflows.engine.runs import ClockRow, Run
from workflows.engine.steps import Heard, Workflow

log = logging.getLogger(__name__)
MOST = 500
"""The most organisations, or rows of one organisation, that a statement of one tick takes."""
TOLD_AFTER = 5
"""Failed tries in a row, over about a minute, after which people are told; the clock goes on trying."""
SWEEP = text("select organisation_id from sweep(:most)")
DUE = text("select organisation_id from organisations_with_due_clocks(:known, :most)")

# Back-off: 2, 4, 8 ... seconds with jitter, at most about an hour.
PUT_OFF = text("""
    update clock set attempt = attempt + 1, error = :error,
           failed_at = case when attempt + 1 >= :most then coalesce(failed_at, now()) end,
           next_at = now() + interval '1 second' * least(power(2, least(attempt + 1, 12)), 3600) * (0.5 + random())
     where organisation_id = :organisation and id = :clock""")


def sweep(most: int = MOST) -> list[UUID]:
    """Free lapsed leases, and return the organisations that have something to do now. The database's clock alone
    decides."""
    with acting_for_nobody():
        return list(db.session.scalars(SWEEP, {"most": most}))


def organisations_to_hear(catalogue: Mapping[str, Workflow], most: int = MOST) -> list[UUID]:
    """Return the organisations with a clock whose moment has come, or a failure about which nobody was mailed, that
    this build knows."""
    with acting_for_nobody():
        return list(db.session.scalars(DUE, {"known": known_definitions(catalogue), "most": most}))


def hear(organisation: UUID, catalogue: Mapping[str, Workflow], most: int = MOST) -> int:
    """Hear the clocks of this organisation whose moment has come, the earliest `most`; returns how many were heard.

    A clock that cannot be heard is put off alone. Raises only when the database is gone.
    """
    heard_in_all = 0
    with acting_for(organisation):
        rows = _due_clocks(known_definitions(catalogue), most)
        groups: dict[tuple[str, int, str], list[tuple[ClockRow, Run]]] = {}
        for clock, run in rows:
            groups.setdefault((run.workflow, run.version, clock.name), []).append((clock, run))
        for (workflow, version, name), heard in groups.items():
            begun = time.perf_counter()
            done = _hear_or_put_off(catalogue[workflow].as_of(version), name, heard)
            heard_in_all += len(done)
            _tell(organisation, (workflow, version, name), done, len(heard), time.perf_counter() - begun)
    return heard_in_all


def _hear_or_put_off(workflow: Workflow, name: str, rows: list[tuple[ClockRow, Run]]) -> list[Run]:
    """Hear these clocks together; when that fails, hear each half apart, down to the one that fails. Returns the runs
    heard."""
    try:
        with db.session.begin_nested():
            _hear_together(workflow, name, rows)
        return [run for _, run in rows]
    except Exception as fault:
        if isinstance(fault, DBAPIError) and fault.connection_invalidated:
            raise
        if len(rows) > 1:
            half = len(rows) // 2
            return _hear_or_put_off(workflow, name, rows[:half]) + _hear_or_put_off(workflow, name, rows[half:])
        _put_off(workflow, rows[0][0], fault)
        return []


def _put_off(workflow: Workflow, clock: ClockRow, fault: Exception) -> None:
    values = {"organisation": clock.organisation_id, "clock": clock.id, "error": named(fault), "most": TOLD_AFTER}
    if not clock.attempt:  # what fails again is counted in its row
        fields = {"workflow": workflow.name, "clock": clock.name, "organisation_id": clock.organisation_id}
        log.error("clock not heard", extra=fields | {"run_id": clock.run_id}, exc_info=fault)
    db.session.execute(PUT_OFF, values)


def _tell(organisation: UUID, what: tuple[str, int, str], runs: list[Run], of: int, seconds: float) -> None:
    workflow, version, name = what
    metrics.note_call(workflow, f"clock.{name}", of, seconds, failed=len(runs) < of)
    if not runs:
        return
    log.info("clocks heard", extra={
        "organisation_id": organisation, "workflow": workflow, "version": version, "clock": name,
        "run_ids": [run.id for run in runs], "seconds": round(seconds, 4),
    })  # fmt: skip


def _due_clocks(known: list[str], most: int) -> list[tuple[ClockRow, Run]]:
    """Return the due clocks whose run nobody has locked: a worker or person there may be doing what the clock reminds
    of."""
    due = select(ClockRow, Run).join(
        Run, (Run.organisation_id == ClockRow.organisation_id) & (Run.id == ClockRow.run_id)
    ).where(
        ClockRow.organisation_id == acting_organisation(), ClockRow.next_at <= func.now(),
        func.concat(Run.workflow, "@", Run.version).in_(known),
    )  # fmt: skip
    ordered = due.order_by(ClockRow.next_at, ClockRow.id).limit(most)
    return [(c, r) for c, r in db.session.execute(ordered.with_for_update(of=(ClockRow, Run), skip_locked=True))]


def _hear_together(workflow: Workflow, name: str, rows: list[tuple[ClockRow, Run]]) -> None:
    now = database_now()
    for clock, _ in rows:
        clock.heard = sum(moment <= now for moment in clock.moments)
        clock.next_at = next((moment for moment in clock.moments if moment > now), None)
        clock.attempt, clock.error, clock.failed_at, clock.told_at = 0, None, None, None
    declared = workflow.clock(name)
    if declared.heard is not None:
        subjects = workflow.load([run.subject_id for _, run in rows])
        declared.heard([_heard(subjects[run.subject_id], clock, now) for clock, run in rows])
    what, kind = f"clock.{name}", workflow.subject_kind
    record(
        Entry(kind, run.subject_id, what, SYSTEM, {"heard": clock.heard, "of": len(clock.moments)})
        for clock, run in rows
    )


def _heard(subject: Any, clock: ClockRow, now: datetime) -> Heard:
    if clock.alarm_at is None or clock.due_at is None:
        raise RuntimeError("a clock that runs has its moments")
    return Heard(subject, clock.alarm_at, clock.due_at, now >= clock.due_at)
