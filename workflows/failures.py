"""A machine's step that has failed for good: the people who can act are told, once, and one of them tries it again."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from tenants.database import db
from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history import SYSTEM, Actor, Entry, record
from tenants.isolation import acting_for, acting_organisation, database_now
from workflows.engine.bell import ring_after_commit
from workflows.engine.progress import settle
from workflows.engine.runs import Run, StepRow, runs_by_id
from workflows.engine.steps import UnknownDefinition, Workflow
from workflows.reminding import tell_of_failures

MOST = 500


def tell_failures(organisation: UUID, catalogue: Mapping[str, Workflow]) -> int:
    """Mail the people of this organisation about steps that failed since the last time; how many steps."""
    with acting_for(organisation):
        untold = select(StepRow, Run).join(
            Run, (Run.organisation_id == StepRow.organisation_id) & (Run.id == StepRow.run_id)
        ).where(StepRow.organisation_id == organisation, StepRow.state == "failed", StepRow.told_at.is_(None))
        rows = db.session.execute(untold.order_by(StepRow.id).limit(MOST).with_for_update(of=StepRow, skip_locked=True))
        failed = [(step, run) for step, run in rows if run.workflow in catalogue]
        for step, _ in failed:
            step.told_at = func.now()
        if failed:
            tell_of_failures([run.subject_id for _, run in failed])
            record(_entries(failed, catalogue))
        return len(failed)


def try_again(run_id: UUID, catalogue: Mapping[str, Workflow], by: Actor, reason: str) -> None:
    """What made it fail was mended: the step is opened anew. The failed one stays as it was.

    Raises NotFound, Invalid without a reason, AlreadyDone when nothing of this run has failed or it goes on already,
    UnknownDefinition when this build does not have what it began under.
    """
    if not reason.strip():
        raise Invalid("field.reason_required", "reason")
    found = runs_by_id([run_id], lock=True)
    if not found:
        raise NotFound("run.unknown")
    run = found[0]
    if run.open_step() is not None or not any(step.state == "failed" for step in run.steps):
        raise AlreadyDone()
    if run.workflow not in catalogue:
        raise UnknownDefinition(run.workflow)
    workflow = catalogue[run.workflow].as_of(run.version)
    settle(workflow, run, workflow.load([run.subject_id])[run.subject_id], database_now())
    record([Entry(workflow.subject_kind, run.subject_id, "step.tried_again", by, {"reason": reason})])
    ring_after_commit(acting_organisation())


def _entries(failed: list[tuple[StepRow, Run]], catalogue: Mapping[str, Workflow]) -> list[Entry]:
    about = {run.subject_id: (step, catalogue[run.workflow].subject_kind) for step, run in failed}
    return [
        Entry(kind, subject_id, "step.failed", SYSTEM, {"step": step.name, "attempts": step.attempt})
        for subject_id, (step, kind) in about.items()
    ]
