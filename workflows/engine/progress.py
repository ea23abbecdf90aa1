"""How a run moves on, in memory: do a step, then open what comes next and stop or start its clocks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.errors import AlreadyDone, NotAllowed
from tenants.history.entries import Actor
from workflows.engine.batch import BatchClock, BatchRun, BatchStep
from workflows.engine.derive import OPEN, next_in_order, next_step, standing
from workflows.engine.runs import ClockRow, Run, StepRow
from workflows.engine.steps import (
    FACTOR_TOO_NEW,
    PROOF_LASTS,
    PROVE_AGAIN,
    Act,
    Clock,
    HasPeriod,
    Human,
    Step,
    Unless,
    Workflow,
)


def carry_out(workflow: Workflow, run: Run, subject: Any, name: str, act: Act[Mapping[str, Any]]) -> StepRow:
    """Do a person's step. Raises AlreadyDone when it is not open, NotAllowed for the role or for four eyes.

    This alone makes the dataclass of the step from what was sent in.
    """
    step = workflow.step(name)
    if not isinstance(step, Human):
        raise NotAllowed("step.not_a_persons")
    opened = _refuse_out_of_turn(run, step)
    _refuse_unless_allowed(workflow, run, step, act)
    values = step.values(**act.values)
    outcome = step.records(subject, replace(act, values=values))  # refuses before anything of the run has changed
    row = opened or _opened_again(run, step)
    row.outcome, row.reason = outcome, getattr(values, "reason", None)
    mark_done(run, row, act)
    settle(workflow, run, subject, act.at)
    return row


def mark_done(run: Run | BatchRun, row: StepRow | BatchStep, act: Act[Any]) -> None:
    """Mark this step of the run as done; that is final. The run is locked."""
    row.state, row.done_at, row.done_nth = "done", act.at, next_in_order(run.steps)
    row.done_by, row.done_for, row.done_by_name = act.by.id, act.by.for_id, act.by.name
    row.lease_token = row.lease_until = row.error = None


def settle(workflow: Workflow, run: Run | BatchRun, subject: Any, at: datetime) -> None:
    """Open the step that comes next, close a step that is no longer next, end or reopen the run, and set its clocks."""
    names = standing(workflow, run.done())
    following = next_step(workflow, subject, names)
    _close_all_but(run, following, at)
    if following is None or isinstance(following, Unless):
        run.state, run.finished_at = "done" if following is None else "exempt", at
    else:
        run.state, run.finished_at = "running", None
        if run.open_step() is None:
            run.add_step(**_opening(run, following, at))
    for clock in workflow.clocks:
        _see_to_clock(clock, run, subject, names, at)


def _opening(run: Run | BatchRun, step: Step, at: datetime) -> dict[str, Any]:
    """Return a new row for this step: a person's step waits, a machine's step is ready."""
    earlier = [row.round for row in run.steps if row.name == step.name]
    state = "waiting" if isinstance(step, Human) else "ready"
    nth = max(earlier, default=0) + 1
    return {"name": step.name, "kind": step.kind, "state": state, "round": nth, "ready_at": at}


def _refuse_out_of_turn(run: Run, step: Human) -> StepRow | None:
    """Return the row that waits for this step; None when the step is done again. Raises AlreadyDone."""
    opened = run.open_step()
    if opened is not None and opened.name == step.name:
        return opened
    if not (step.again and any(row.name == step.name for row in run.done())):
        raise AlreadyDone(name=step.name)
    return None


def _opened_again(run: Run, step: Human) -> StepRow:
    opened = run.open_step()
    if opened is not None and opened.kind == "human":
        opened.state = "cancelled"
    return run.add_step(**_opening(run, step, run.created_at))


def _refuse_unless_allowed(workflow: Workflow, run: Run, step: Human, act: Act[Any]) -> None:
    if act.role not in step.by:
        raise NotAllowed("step.not_your_role", step=step.name)
    if not act.alone and {act.by.id, act.by.for_id} & people_before(run, step):
        raise NotAllowed("step.four_eyes", step=step.name)
    if not act.by.is_a_person:
        raise NotAllowed("step.nobody", step=step.name)
    if step.fresh:
        refuse_unless_proven(act.by, act.at)


def is_fresh(by: Actor, at: datetime) -> bool:
    """Whether this person gave a second factor so recently that they may approve and send."""
    return by.proven_at is not None and at - by.proven_at <= PROOF_LASTS


def refuse_unless_proven(by: Actor, at: datetime) -> None:
    """Raise NotAllowed without a recent second factor, or with one that took a lost one's place today."""
    if not is_fresh(by, at):
        raise NotAllowed(PROVE_AGAIN)
    if by.proof_counts_from is not None and at < by.proof_counts_from:
        raise NotAllowed(FACTOR_TOO_NEW, counts_from=by.proof_counts_from)


def people_before(run: Run, step: Human) -> set[UUID | None]:
    """Return the people who did the steps that need another person than this one, and for whom they stood in."""
    last = {row.name: row for row in run.done() if row.name in step.other_than}
    return {who for row in last.values() for who in (row.done_by, row.done_for) if who is not None}


def _close_all_but(run: Run | BatchRun, following: Step | None, at: datetime) -> None:
    for row in run.steps:
        if row.state in OPEN and (following is None or row.name != following.name):
            row.state, row.lease_token, row.lease_until = "cancelled", None, None


def _see_to_clock(clock: Clock, run: Run | BatchRun, subject: Any, names: list[str], at: datetime) -> None:
    row = next((c for c in run.clocks if c.name == clock.name), None) or run.add_clock(clock.name)
    if clock.until in names or run.state != "running":
        if row.state in ("waiting", "running"):
            row.state = "met" if clock.until in names else "cancelled"
            row.stopped_at, row.next_at = at, None
    elif row.state != "running":
        _start_clock(clock, row, subject)


def _start_clock(clock: Clock, row: ClockRow | BatchClock, subject: Any) -> None:
    period = clock.period(subject)
    if period is None:
        return
    row.state, row.stopped_at = "running", None
    _set(clock, row, period)
    row.heard, row.next_at = 0, row.moments[0]


def restart_clock(clock: Clock, run: Run, period: HasPeriod, now: datetime) -> None:
    """Set the clock to its new moments after its period was moved; moments that are past are not heard again."""
    row = next(c for c in run.clocks if c.name == clock.name)
    _set(clock, row, period)
    row.heard = sum(moment <= now for moment in row.moments)
    row.next_at = next((moment for moment in row.moments if moment > now), None) if row.state == "running" else None


def _set(clock: Clock, row: ClockRow | BatchClock, period: HasPeriod) -> None:
    row.started_at, row.alarm_at, row.due_at = period.counted_from, period.alarm_at, period.due_at
    row.moments = moments_of(clock, period)


def moments_of(clock: Clock, period: HasPeriod) -> list[datetime]:
    """Return the moments at which a clock is heard: before the alarm (once it counts), at the alarm, and when it is
    late."""
    ahead = {period.alarm_at - before for before in clock.remind}
    return sorted({moment for moment in ahead if moment > period.counted_from} | {period.alarm_at, period.due_at})
