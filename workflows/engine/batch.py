"""A batch: the runs of the steps that a worker leased, locked and read, moved on in memory, and written back as sets.

A person's act goes through the rows of runs.py, one run at a time. Machines do hundreds at once, for which a row object
each would cost more than the work. Only what differs from what was read is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Result, TextClause, text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.engine.derive import in_order_of_doing, the_open_one

# First the runs, in an order of their own, as everybody locks them; only then what belongs to them is read.
LOCK = text("""
    select id, subject_id, state, finished_at, state as was, now() as at from run
     where organisation_id = :organisation and id = any(:runs) order by id for update""")
STEPS = text("""
    with held as materialized (
      select id from step where organisation_id = :organisation and id = any(:steps) and lease_token = :token
       order by id for update)
    select run_id, id in (select id from held), id, name, round, kind, state, state, outcome, done_at, done_nth, done_by
      from step where organisation_id = :organisation and run_id = any(:runs) order by id""")
READ = ("id", "name", "round", "kind", "state", "was", "outcome", "done_at", "done_nth", "done_by")
CLOCKS = text("""
    select run_id, name, state, id, started_at, alarm_at, due_at, moments, heard, next_at, stopped_at
      from clock where organisation_id = :organisation and run_id = any(:runs) order by id""")
WRITE_STEPS = text("""
    with moved as (
      update step s set state = x.state, done_at = x.done_at, done_nth = x.done_nth,
                        done_by_name = x.done_by_name,
                        error = case when x.state <> 'done' then s.error end, lease_token = null, lease_until = null,
                        attempt = coalesce(x.attempt, s.attempt)
        from jsonb_to_recordset(cast(:moved as jsonb))
             as x(id uuid, state text, done_at timestamptz, done_nth integer, done_by_name text,
                  attempt integer)
       where s.organisation_id = :organisation and s.id = x.id),
    ended as (
      update run r set state = x.state, finished_at = x.finished_at
        from jsonb_to_recordset(cast(:runs as jsonb)) as x(id uuid, state text, finished_at timestamptz)
       where r.organisation_id = :organisation and r.id = x.id),
    opened as (
      insert into step (organisation_id, run_id, name, round, kind, state, ready_at, attempt, lease_token, lease_until)
      select :organisation, x.run_id, x.name, x.round, x.kind, x.state, x.ready_at, coalesce(x.attempt, 0),
             x.lease_token, x.lease_until
        from jsonb_to_recordset(cast(:opened as jsonb))
             as x(run_id uuid, name text, round integer, kind text, state text, ready_at timestamptz, attempt integer,
                  lease_token uuid, lease_until timestamptz)
      returning id, run_id, name, state)
    select id, run_id, name from opened where state = 'running' order by id""")
WRITE_CLOCKS = text("""
    insert into clock (organisation_id, id, run_id, name, state, started_at, alarm_at, due_at, moments, heard, next_at,
                       stopped_at)
    select :organisation, coalesce(x.id, uuidv7()), x.run_id, x.name, x.state, x.started_at, x.alarm_at, x.due_at,
           x.moments, x.heard, x.next_at, x.stopped_at
      from jsonb_to_recordset(cast(:clocks as jsonb))
           as x(id uuid, run_id uuid, name text, state text, started_at timestamptz, alarm_at timestamptz,
                due_at timestamptz, moments timestamptz[], heard integer, next_at timestamptz, stopped_at timestamptz)
    on conflict (organisation_id, id) do update
       set state = excluded.state, started_at = excluded.started_at, alarm_at = excluded.alarm_at,
           due_at = excluded.due_at, moments = excluded.moments, heard = excluded.heard, next_at = excluded.next_at,
           stopped_at = excluded.stopped_at""")


@dataclass(slots=True)
class BatchStep:
    """One row of a step, in memory; `id` is None for a row that is not written yet."""

    name: str
    round: int
    kind: str
    state: str
    id: UUID | None = None
    was: str | None = None
    ready_at: datetime | None = None
    attempt: int | None = None
    outcome: str | None = None
    reason: str | None = None
    done_at: datetime | None = None
    done_nth: int | None = None
    done_by: UUID | None = None
    done_for: UUID | None = None
    done_by_name: str | None = None
    lease_token: UUID | None = None
    lease_until: datetime | None = None
    error: str | None = None


@dataclass(slots=True)
class BatchClock:
    """One row of a clock, in memory; `id` is None for a row that is not written yet."""

    name: str
    state: str
    id: UUID | None = None
    was: tuple[object, ...] | None = None
    started_at: datetime | None = None
    alarm_at: datetime | None = None
    due_at: datetime | None = None
    moments: list[datetime] = field(default_factory=list)
    heard: int = 0
    next_at: datetime | None = None
    stopped_at: datetime | None = None

    def values(self) -> tuple[object, ...]:
        """Return the values that can change, to compare them with those that were read."""
        return (self.state, self.started_at, self.alarm_at, self.due_at, tuple(self.moments), self.heard, self.next_at,
                self.stopped_at)  # fmt: skip


@dataclass(slots=True)
class BatchRun:
    """A run with its steps and clocks, in memory. Its row is locked until the transaction ends."""

    id: UUID
    subject_id: UUID
    state: str
    finished_at: datetime | None
    was: str
    steps: list[BatchStep] = field(default_factory=list)
    clocks: list[BatchClock] = field(default_factory=list)

    def done(self) -> list[BatchStep]:
        """Return the steps that were done, in the order of doing."""
        return in_order_of_doing(self.steps)

    def open_step(self) -> BatchStep | None:
        """Return the step that is to be done now, by a person or by a machine."""
        return the_open_one(self.steps)

    def add_step(self, **values: Any) -> BatchStep:
        """Add a row for a step."""
        self.steps.append(BatchStep(**values))
        return self.steps[-1]

    def add_clock(self, name: str) -> BatchClock:
        """Add a row for a clock, which does not run yet."""
        self.clocks.append(BatchClock(name, "waiting"))
        return self.clocks[-1]


@dataclass(frozen=True)
class Batch:
    """The leased steps, each with its run, in the order of the runs' ids; `at` is the transaction's moment."""

    pairs: list[tuple[BatchRun, BatchStep]]
    at: datetime

    @property
    def subjects(self) -> list[UUID]:
        """The ids of what the runs are about."""
        return [run.subject_id for run, _ in self.pairs]


def lock_batch(steps: Iterable[tuple[UUID, UUID]], token: UUID, with_clocks: bool) -> Batch:
    """Lock the runs of these (step, run), and the steps that the token still holds, before any fact is read.

    Evidence that comes later waits for these locks, and then finds the steps and wakes them.
    """
    ids, run_ids = map(list, zip(*steps, strict=True))
    asked = {"organisation": acting_organisation(), "runs": run_ids, "steps": ids, "token": token}
    locked = db.session.execute(LOCK, asked).all()
    runs = {row.id: BatchRun(*row[:-1]) for row in locked}
    pairs = []
    for run_id, is_leased, *values in db.session.execute(STEPS, asked):
        step = runs[run_id].add_step(**dict(zip(READ, values, strict=True)))
        if is_leased:
            pairs.append((runs[run_id], step))
    if with_clocks:
        _read_clocks(runs, asked)
    return Batch(pairs, locked[0].at)


def _read_clocks(runs: dict[UUID, BatchRun], asked: dict[str, object]) -> None:
    for run_id, name, state, clock_id, *values in db.session.execute(CLOCKS, asked):
        clock = BatchClock(name, state, clock_id, None, *values)
        clock.was = clock.values()
        runs[run_id].clocks.append(clock)


def lease_new_steps(batch: Batch, token: UUID, seconds: int) -> None:
    """Lease each machine's step that was just opened to this token, for `seconds`, as its first attempt."""
    for run, _ in batch.pairs:
        step = run.open_step()
        if step is not None and step.id is None and step.state == "ready":
            step.state, step.attempt = "running", 1
            step.lease_token, step.lease_until = token, batch.at + timedelta(seconds=seconds)


def write_back(pairs: Iterable[tuple[BatchRun, BatchStep]]) -> list[tuple[UUID, UUID, str]]:
    """Write what has changed: steps that moved or were opened, runs that ended or began again, clocks.

    Returns the steps that were opened under a lease: id, run, name.
    """
    runs = list({run.id: run for run, _ in pairs}.values())
    steps = {
        "moved": [_moved(step) for run in runs for step in run.steps if step.id and step.state != step.was],
        "opened": [_opened(run, step) for run in runs for step in run.steps if step.id is None],
        "runs": [
            {"id": run.id, "state": run.state, "finished_at": run.finished_at} for run in runs if run.state != run.was
        ],
    }
    leased = [(row.id, row.run_id, row.name) for row in _write(WRITE_STEPS, steps).all()]
    clocks = [_clock(run, clock) for run in runs for clock in run.clocks if clock.values() != clock.was]
    if clocks:
        _write(WRITE_CLOCKS, {"clocks": clocks})
    return leased


def _moved(step: BatchStep) -> dict[str, object]:
    return {"id": step.id, "state": step.state, "done_at": step.done_at, "done_nth": step.done_nth,
            "done_by_name": step.done_by_name, "attempt": step.attempt}  # fmt: skip


def _opened(run: BatchRun, step: BatchStep) -> dict[str, object]:
    return {"run_id": run.id, "name": step.name, "round": step.round, "kind": step.kind, "state": step.state,
            "ready_at": step.ready_at, "attempt": step.attempt, "lease_token": step.lease_token,
            "lease_until": step.lease_until}  # fmt: skip


def _clock(run: BatchRun, clock: BatchClock) -> dict[str, object]:
    return {"id": clock.id, "run_id": run.id, "name": clock.name, "state": clock.state, "started_at": clock.started_at,
            "alarm_at": clock.alarm_at, "due_at": clock.due_at, "moments": clock.moments, "heard": clock.heard,
            "next_at": clock.next_at, "stopped_at": clock.stopped_at}  # fmt: skip


def _write(statement: TextClause, sets: Mapping[str, object]) -> Result[Any]:
    written = {name: orjson.dumps(rows).decode() for name, rows in sets.items()}
    return db.session.execute(statement, {"organisation": acting_organisation(), **written})
