"""The pulse: when a process last ticked and what its handlers took, kept in PostgreSQL for whoever watches.

A process adds up in memory and writes once a tick: a worker that is killed loses a second of figures, and nothing else.
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
"""Seconds that a call took, at most."""
Key = tuple[str, str, float]

BEAT = text("""
    insert into engine_pulse (kind, host, pid) values (:kind, :host, :pid)
    on conflict (kind, host, pid) do update set last_tick_at = now()""")
FORGET = text("delete from engine_pulse where last_tick_at < now() - interval '1 day'")
LEAVE = text("delete from engine_pulse where kind = :kind and host = :host and pid = :pid")
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
class Taken:
    """What calls of one handler took together."""

    calls: int = 0
    steps: int = 0
    failures: int = 0
    seconds: float = 0.0

    def add(self, other: "Taken") -> None:
        """Both together."""
        self.calls += other.calls
        self.steps += other.steps
        self.failures += other.failures
        self.seconds += other.seconds


_taken: dict[Key, Taken] = {}
_lock = threading.Lock()


def note(workflow: str, step: str, steps: int, seconds: float, failed: bool = False) -> None:
    """A handler was called, for so many steps at once."""
    key = (workflow, step, BOUNDS[bisect_left(BOUNDS, seconds)])
    _add({key: Taken(1, steps, int(failed), seconds)})


def beat(kind: str) -> None:
    """This process lives; what its handlers took since the last time is written. Not inside acting_for."""
    _write(BEAT, kind, FORGET)


def leave(kind: str) -> None:
    """This process ends, as it was asked to."""
    _write(LEAVE, kind)


def _write(how: Any, kind: str, *besides: Any) -> None:
    with _lock:
        taken = dict(_taken)
        _taken.clear()
    try:
        with acting_for_nobody():
            db.session.execute(how, {"kind": kind, "host": socket.gethostname(), "pid": os.getpid()})
            for statement in besides:
                db.session.execute(statement)
            if taken:
                db.session.execute(ADD, {"rows": json.dumps([_row(key, one) for key, one in taken.items()])})
    except BaseException:
        _add(taken)
        raise


def _add(taken: dict[Key, Taken]) -> None:
    with _lock:
        for key, one in taken.items():
            _taken.setdefault(key, Taken()).add(one)


def _row(key: Key, taken: Taken) -> dict[str, Any]:
    workflow, step, at_most = key
    return {"workflow": workflow, "step": step, "at_most": str(at_most)} | asdict(taken)


def engine_state() -> dict[str, Any]:
    """How the engine stands, over all organisations: numbers only. Inside acting_for_nobody."""
    return dict(db.session.scalar(text("select engine_state()")) or {})


def open_definitions() -> set[str]:
    """The definitions that runs are open under: "name@version". Inside acting_for_nobody."""
    rows = db.session.execute(text("select workflow, version from open_definitions()"))
    return {f"{workflow}@{version}" for workflow, version in rows}


def processes() -> list[dict[str, Any]]:
    """Of workers and of clocks: how many tick, and when one last did."""
    return [dict(row) for row in db.session.execute(PROCESSES).mappings()]


def handlers() -> dict[tuple[str, str], dict[float, Taken]]:
    """What each handler took, by the bound that its calls stayed under."""
    found: dict[tuple[str, str], dict[float, Taken]] = {}
    for row in db.session.execute(HANDLERS):
        taken = Taken(row.calls, row.steps, row.failures, row.seconds)
        found.setdefault((row.workflow, row.step), {})[row.at_most] = taken
    return found
