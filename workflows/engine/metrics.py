"""Metrics: when each process last ticked and what its handlers took, kept in PostgreSQL for /metrics and /readyz.

A process adds up in memory and writes once a tick: a worker that is killed loses the figures of one second.
"""

import json
import os
import socket
import threading
from bisect import bisect_left
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_for_nobody

BOUNDS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, inf)
"""Upper bounds in seconds, by which calls are counted."""
Key = tuple[str, str, float]

TICKED = text("""
    insert into engine_pulse (kind, host, pid) values (:kind, :host, :pid)
    on conflict (kind, host, pid) do update set last_tick_at = now()""")
FORGET_OLD = text("delete from engine_pulse where last_tick_at < now() - interval '1 day'")
ENDED = text("delete from engine_pulse where kind = :kind and host = :host and pid = :pid")
# Ordered, so that two processes that write the same rows wait for each other instead of deadlocking.
ADD = text("""
    insert into engine_handler as t (workflow, step, at_most, calls, steps, failures, seconds)
    select * from jsonb_to_recordset(cast(:rows as jsonb)) as x(workflow text, step text, at_most float8, calls bigint,
                                                               steps bigint, failures bigint, seconds float8)
     order by workflow, step, at_most
    on conflict (workflow, step, at_most) do update
       set calls = t.calls + excluded.calls, steps = t.steps + excluded.steps,
           failures = t.failures + excluded.failures, seconds = t.seconds + excluded.seconds""")
HANDLERS = text("select * from engine_handler order by workflow, step, at_most")
PROCESSES = text("""
    select kind, count(*) filter (where last_tick_at > now() - interval '30 seconds') as ticking,
           extract(epoch from max(last_tick_at)) as last_tick, extract(epoch from now() - max(last_tick_at)) as age_s
      from engine_pulse group by kind order by kind""")


@dataclass
class CallSums:
    """Sums over the calls of one handler; `seconds` is their time together."""

    calls: int = 0
    steps: int = 0
    failures: int = 0
    seconds: float = 0.0

    def add(self, other: "CallSums") -> None:
        """Add the sums of `other` to these."""
        self.calls += other.calls
        self.steps += other.steps
        self.failures += other.failures
        self.seconds += other.seconds


_sums: dict[Key, CallSums] = {}
_lock = threading.Lock()


def note_call(workflow: str, step: str, steps: int, seconds: float, failed: bool = False) -> None:
    """Count one call of a handler that did `steps` steps in `seconds`."""
    key = (workflow, step, BOUNDS[bisect_left(BOUNDS, seconds)])
    _add({key: CallSums(1, steps, int(failed), seconds)})


def write_metrics(kind: str) -> None:
    """Write that this process ticks, and what its handlers took since the last time. Not inside acting_for."""
    _write(TICKED, kind, FORGET_OLD)


def write_last_metrics(kind: str) -> None:
    """Write what is left, and remove this process from the list, because it ends by order. Not inside acting_for."""
    _write(ENDED, kind)


def _write(how: Any, kind: str, *besides: Any) -> None:
    with _lock:
        taken = dict(_sums)
        _sums.clear()
    try:
        with acting_for_nobody():
            db.session.execute(how, {"kind": kind, "host": socket.gethostname(), "pid": os.getpid()})
            for statement in besides:
                db.session.execute(statement)
            if taken:
                db.session.execute(ADD, {"rows": json.dumps([_row(key, sums) for key, sums in taken.items()])})
    except BaseException:
        _add(taken)
        raise


def _add(taken: dict[Key, CallSums]) -> None:
    with _lock:
        for key, sums in taken.items():
            _sums.setdefault(key, CallSums()).add(sums)


def _row(key: Key, taken: CallSums) -> dict[str, Any]:
    workflow, step, at_most = key
    return {"workflow": workflow, "step": step, "at_most": str(at_most)} | asdict(taken)


def engine_state() -> dict[str, Any]:
    """Counts of the engine over all organisations, by name. Inside acting_for_nobody."""
    return dict(db.session.scalar(text("select engine_state()")) or {})


def open_definitions() -> set[str]:
    """Return the definitions ("name@version") that have open runs. Inside acting_for_nobody."""
    rows = db.session.execute(text("select workflow, version from open_definitions()"))
    return {f"{workflow}@{version}" for workflow, version in rows}


def processes() -> list[dict[str, Any]]:
    """For each kind (worker, clock): how many processes tick, and when one of them last ticked."""
    return [dict(row) for row in db.session.execute(PROCESSES).mappings()]


def handlers() -> dict[tuple[str, str], dict[float, CallSums]]:
    """Return the sums of each handler (workflow, step), by the bound in seconds that its calls stayed under."""
    sums: dict[tuple[str, str], dict[float, CallSums]] = {}
    for row in db.session.execute(HANDLERS):
        taken = CallSums(row.calls, row.steps, row.failures, row.seconds)
        sums.setdefault((row.workflow, row.step), {})[row.at_most] = taken
    return sums
