"""What a worker does for one organisation: claim ready steps, commit, do them, commit what came of it.

A claim is a lease with a token. The effect of a handler commits together with the completion, and only while the
token is still in the row: a worker that was thought dead writes nothing.
"""

import logging
from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import select

from tenants.database import db
from tenants.history import SYSTEM
from tenants.isolation import acting_for, acting_organisation, database_now
from workflows.engine.claims import Claimed, claim, hand_back, note_failure
from workflows.engine.progress import mark_done, settle
from workflows.engine.runs import Run, StepRow, number_new_rows, runs_by_id
from workflows.engine.steps import Act, Job, Start, Workflow

log = logging.getLogger(__name__)
Stopping = Callable[[], bool]


class Fenced(RuntimeError):
    """The lease was lost meanwhile: somebody else has these steps, so nothing of this may be written."""


def drain_steps(
    organisation: UUID, catalogue: Mapping[str, Workflow], token: UUID, stopping: Stopping = lambda: False
) -> int:
    """Do up to a hundred ready steps of this organisation; how many were claimed. `token` is fresh and random.

    When it is asked to stop, what was not begun yet is handed back.
    """
    claims = claim(organisation, catalogue, token)
    for position, claimed in enumerate(claims):
        if stopping():
            hand_back(organisation, claims[position:])
            break
        _do_or_note_failure(organisation, catalogue, claimed)
    return sum(len(claimed.steps) for claimed in claims)


def _do_or_note_failure(organisation: UUID, catalogue: Mapping[str, Workflow], claimed: Claimed) -> None:
    try:
        with acting_for(organisation):
            _do(catalogue, claimed)
    except Fenced:
        log.warning("fenced: %s %s", claimed.workflow.name, claimed.name)
    except Exception as fault:
        if len(claimed.steps) > 1:  # one that cannot be done must not hold up the others
            for one in claimed.one_by_one():
                _do_or_note_failure(organisation, catalogue, one)
            return
        log.exception("step failed: %s %s", claimed.workflow.name, claimed.name)
        note_failure(organisation, claimed, fault)


def _do(catalogue: Mapping[str, Workflow], claimed: Claimed) -> None:
    workflow = claimed.workflow
    runs = runs_by_id([run_id for _, run_id in claimed.steps], lock=True)
    wanted = set(claimed.ids)
    pairs = [(run, step) for run in runs for step in run.steps if step.id in wanted]
    held = _locked(claimed.token, [step for _, step in pairs])
    pairs = [(run, step) for run, step in pairs if step.id in held]
    if len(pairs) != len(wanted):
        raise Fenced()
    subjects = workflow.load([run.subject_id for run, _ in pairs])
    step, now = workflow.step(claimed.name), database_now()
    done = set(_perform(step, catalogue, [subjects[run.subject_id] for run, _ in pairs]))
    for run, row in pairs:
        _write(workflow, run, row, subjects[run.subject_id], run.subject_id in done, Act(SYSTEM, "system", now))
    number_new_rows(runs)


def _locked(token: UUID, steps: list[StepRow]) -> set[UUID]:
    """Lock the steps before the facts are read, so that evidence that comes later finds them and wakes them."""
    held = select(StepRow.id).where(
        StepRow.organisation_id == acting_organisation(), StepRow.id.in_([s.id for s in steps]),
        StepRow.lease_token == token, StepRow.state == "running",
    )  # fmt: skip
    return set(db.session.scalars(held.order_by(StepRow.id).with_for_update()))


def _perform(step: object, catalogue: Mapping[str, Workflow], subjects: list[object]) -> list[UUID]:
    if isinstance(step, Job):
        return list(step.does(subjects))
    if isinstance(step, Start):
        begin = catalogue[step.workflow].begin
        if begin is not None:
            for subject in subjects:
                begin(subject)
    return [subject.id for subject in subjects]  # type: ignore[attr-defined]


def _write(workflow: Workflow, run: Run, row: StepRow, subject: object, done: bool, act: Act) -> None:
    if done:
        before = run.state
        mark_done(row, act)
        settle(workflow, run, subject, act.at)
        if run.state != before and workflow.ended is not None:
            workflow.ended(subject, run.state)
    else:
        row.state, row.lease_token, row.lease_until, row.attempt = "waiting", None, None, 0
