"""The work of a worker for one organisation: claim ready steps, commit, do them, commit their effects.

A claim is a lease with a token. The effect of a handler commits together with the completion, and only while the token
is still in the row: a worker whose lease another has taken over writes nothing. The next machine's steps of a whole
batch are opened under the same lease, in the same transaction: so they too are claimed and committed before they are
begun.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from uuid import UUID

from tenants.history.entries import SYSTEM
from tenants.isolation import acting_for
from workflows.engine import metrics
from workflows.engine.batch import BatchRun, BatchStep, lease_new_steps, lock_batch, write_back
from workflows.engine.claims import LEASE_S, Claimed, by_name, claim, hand_back, note_failure
from workflows.engine.progress import mark_done, settle
from workflows.engine.steps import Act, Job, Nothing, Start, Workflow

log = logging.getLogger(__name__)
Stopping = Callable[[], bool]


class Fenced(RuntimeError):
    """Raised when the lease was lost: another worker has these steps, so this one may write nothing about them."""


def drain_steps(
    organisation: UUID, catalogue: Mapping[str, Workflow], token: UUID, stopping: Stopping = lambda: False
) -> int:
    """Do up to a batch of ready steps of this organisation, and what comes directly after them; return how many were
    claimed.

    `token` is fresh and random. When the worker is asked to stop, what it has not begun yet is handed back.
    """
    waiting, leased = deque[Claimed](), 0
    claims = claim(organisation, catalogue, token)
    while claims or waiting:
        waiting.extend(share for claimed in claims for share in claimed.shares())
        leased += sum(len(claimed.steps) for claimed in claims)
        if stopping():
            hand_back(organisation, waiting)
            break
        claims = _do_or_note_failure(organisation, catalogue, waiting.popleft())
    return leased


def _do_or_note_failure(
    organisation: UUID, catalogue: Mapping[str, Workflow], claimed: Claimed
) -> list[Claimed]:  # fmt: skip
    """Do these steps in one transaction, or note the fault. Returns the steps that come next, under the same lease."""
    begun = time.perf_counter()
    try:
        with acting_for(organisation):
            following = _do(catalogue, claimed)
        _tell(logging.INFO, "steps done", organisation, claimed, begun)
        return following
    except Fenced:
        log.warning("fenced", extra=_named(organisation, claimed))
    except Exception as fault:
        if len(claimed.steps) > 1:  # a step that fails must not hold up the others
            return [
                step for single in claimed.one_by_one() for step in _do_or_note_failure(organisation, catalogue, single)
            ]
        _tell(logging.ERROR, "step failed", organisation, claimed, begun, fault)
        note_failure(organisation, claimed, fault)
    return []


def _tell(
    level: int, what: str, organisation: UUID, claimed: Claimed, begun: float, fault: Exception | None = None
) -> None:  # fmt: skip
    seconds = time.perf_counter() - begun
    metrics.note_call(claimed.workflow.name, claimed.name, len(claimed.steps), seconds, fault is not None)
    if log.isEnabledFor(level):
        fields = _named(organisation, claimed) | {"seconds": round(seconds, 4), "steps": len(claimed.steps)}
        log.log(level, what, extra=fields, exc_info=fault)


def _named(organisation: UUID, claimed: Claimed) -> dict[str, object]:
    return {
        "organisation_id": organisation, "workflow": claimed.workflow.name, "version": claimed.workflow.version,
        "step": claimed.name, "run_ids": [run_id for _, run_id in claimed.steps], "step_ids": claimed.ids,
    }  # fmt: skip


def _do(catalogue: Mapping[str, Workflow], claimed: Claimed) -> list[Claimed]:
    workflow = claimed.workflow
    batch = lock_batch(claimed.steps, claimed.token, bool(workflow.clocks))
    if len(batch.pairs) != len(claimed.steps):
        raise Fenced()
    subjects = workflow.load(batch.subjects)
    done = set(_perform(workflow.step(claimed.name), catalogue, [subjects[about] for about in batch.subjects]))
    act = Act(SYSTEM, "system", batch.at, Nothing())
    for run, row in batch.pairs:
        _move_on(workflow, run, row, subjects[run.subject_id], run.subject_id in done, act)
    if len(claimed.steps) > 1:  # a step that is done singly may be slow: any free worker takes the next one
        lease_new_steps(batch, claimed.token, LEASE_S)
    return by_name(workflow, write_back(batch.pairs), claimed.token)


def _perform(step: object, catalogue: Mapping[str, Workflow], subjects: list[object]) -> list[UUID]:
    if isinstance(step, Job):
        return list(step.does(subjects))
    if isinstance(step, Start):
        begin = catalogue[step.workflow].begin
        if begin is not None:
            for subject in subjects:
                begin(subject)
    return [subject.id for subject in subjects]  # type: ignore[attr-defined]


def _move_on(
    workflow: Workflow, run: BatchRun, row: BatchStep, subject: object, done: bool, act: Act[Nothing]
) -> None:  # fmt: skip
    if done:
        before = run.state
        mark_done(run, row, act)
        settle(workflow, run, subject, act.at)
        if run.state != before and workflow.ended is not None:
            workflow.ended(subject, run.state)
    else:
        row.state, row.lease_token, row.lease_until, row.attempt = "waiting", None, None, 0
