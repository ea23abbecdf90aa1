"""Machines' steps that failed for good: people are mailed once about each, and may have one or all of a kind tried
again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tenants.database import db
from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history.entries import SYSTEM, Actor, Entry, record
from tenants.isolation import acting_for, acting_organisation, database_now
from tenants.register.escalations import need_a_call
from workflows.engine.failed import hold_failed, open_again, still_next
from workflows.engine.hints import hint_after_commit
from workflows.engine.progress import settle
from workflows.engine.runs import ClockRow, Run, StepRow, runs_by_id
from workflows.engine.steps import UnknownDefinition, Workflow
from workflows.mail.reminding import tell_of_failures, tell_of_unheard_clocks

MOST = 500


def tell_failures(organisation: UUID, catalogue: Mapping[str, Workflow], most: int = MOST) -> int:
    """Mail the people of this organisation about steps and clocks that failed since the last mail, at most `most` of
    each.

    Returns how many these are.
    """
    with acting_for(organisation):
        failed = _untold_steps(list(catalogue), most)
        for step, _ in failed:
            step.told_at = func.now()
        if failed:
            tell_of_failures([run.subject_id for _, run in failed])
            need_a_call(run.subject_id for _, run in failed if catalogue[run.workflow].subject_kind == "escalation")
            record(_entries(failed, catalogue))
        unheard = _untold_clocks(list(catalogue), most)
        for clock, _ in unheard:
            clock.told_at = func.now()
        if unheard:
            tell_of_unheard_clocks([run.subject_id for _, run in unheard])
            record(_unheard_entries(unheard, catalogue))
        return len(failed) + len(unheard)


def _untold_steps(known: list[str], most: int) -> list[tuple[StepRow, Run]]:
    """Return failed steps of workflows that this build has, about which nobody was mailed yet."""
    untold = select(StepRow, Run).join(
        Run, (Run.organisation_id == StepRow.organisation_id) & (Run.id == StepRow.run_id)
    ).where(
        StepRow.organisation_id == acting_organisation(), StepRow.state == "failed", StepRow.told_at.is_(None),
        Run.workflow.in_(known),
    )  # fmt: skip
    rows = db.session.execute(untold.order_by(StepRow.id).limit(most).with_for_update(of=StepRow, skip_locked=True))
    return [(step, run) for step, run in rows]


def _untold_clocks(known: list[str], most: int) -> list[tuple[ClockRow, Run]]:
    """Return clocks that could not be heard, about which nobody was mailed yet."""
    untold = select(ClockRow, Run).join(
        Run, (Run.organisation_id == ClockRow.organisation_id) & (Run.id == ClockRow.run_id)
    ).where(
        ClockRow.organisation_id == acting_organisation(), ClockRow.state == "running",
        ClockRow.failed_at.is_not(None), ClockRow.told_at.is_(None), Run.workflow.in_(known),
    )  # fmt: skip
    rows = db.session.execute(untold.order_by(ClockRow.id).limit(most).with_for_update(of=ClockRow, skip_locked=True))
    return [(clock, run) for clock, run in rows]


def try_again(run_id: UUID, catalogue: Mapping[str, Workflow], by: Actor, reason: str) -> None:
    """Open a failed step anew, after its cause was mended. The row of the failed step stays as it was.

    Raises NotFound, Invalid without a reason, AlreadyDone when no step of this run has failed or it goes on already,
    UnknownDefinition when this build does not have the definition that it began under.
    """
    _refuse_without(reason)
    runs = runs_by_id([run_id], lock=True)
    if not runs:
        raise NotFound("run.unknown")
    if runs[0].workflow not in catalogue:
        raise UnknownDefinition(runs[0].workflow)
    about = _go_on(catalogue[runs[0].workflow], runs)
    if not about:
        raise AlreadyDone()
    _remember(catalogue[runs[0].workflow], about, by, reason)


def try_all_again(
    workflow: str, step: str, wrong: str, catalogue: Mapping[str, Workflow], by: Actor, reason: str
) -> int:  # fmt: skip
    """Open anew all steps that failed alike, after their cause was mended, at most MOST_AT_ONCE; returns how many.

    Raises Invalid without a reason, AlreadyDone when this build can try none (any more).
    """
    _refuse_without(reason)
    about: list[UUID] = []
    stuck = hold_failed(catalogue, workflow, step, wrong)
    for version in {row.version for row in stuck}:
        declared, same = catalogue[workflow].as_of(version), [row for row in stuck if row.version == version]
        alike = set(still_next(declared, step, same))
        about += open_again(list(alike))
        about += _go_on(declared, runs_by_id({row.run_id for row in same} - alike, lock=True))
    if not about:
        raise AlreadyDone()
    _remember(catalogue[workflow], about, by, reason, {"together": len(about)})
    return len(about)


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise Invalid("field.reason_required", "reason")


def _go_on(workflow: Workflow, runs: list[Run]) -> list[UUID]:
    """Derive and open the next step of those of these runs that are stuck; returns the ids of their subjects."""
    stuck = [run for run in runs if run.open_step() is None and any(step.state == "failed" for step in run.steps)]
    subjects, now = workflow.load([run.subject_id for run in stuck]), database_now()
    for run in stuck:
        settle(workflow.as_of(run.version), run, subjects[run.subject_id], now)
    return [run.subject_id for run in stuck]


def _remember(
    workflow: Workflow, about: list[UUID], by: Actor, reason: str, details: dict[str, Any] | None = None
) -> None:  # fmt: skip
    kind, what = workflow.subject_kind, "step.tried_again"
    record([Entry(kind, subject, what, by, details or {}, {"reason": reason}) for subject in about])
    hint_after_commit(acting_organisation())


def _entries(failed: list[tuple[StepRow, Run]], catalogue: Mapping[str, Workflow]) -> list[Entry]:
    about = {run.subject_id: (step, catalogue[run.workflow].subject_kind) for step, run in failed}
    return [
        Entry(kind, subject_id, "step.failed", SYSTEM, {"step": step.name, "attempts": step.attempt})
        for subject_id, (step, kind) in about.items()
    ]


def _unheard_entries(unheard: list[tuple[ClockRow, Run]], catalogue: Mapping[str, Workflow]) -> list[Entry]:
    return [
        Entry(catalogue[run.workflow].subject_kind, run.subject_id, "clock.unheard", SYSTEM,
              {"clock": clock.name, "attempts": clock.attempt})
        for clock, run in unheard
    ]  # fmt: skip
