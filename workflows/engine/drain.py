"""What a worker does for one organisation: claim ready steps, commit, do them, commit what came of it.

A claim is a lease with a token. The effect of a handler commits together with the completion, and only while the
token is still in the row: a worker that was thought dead writes nothing.
"""

import logging
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, text

from tenants.database import db
from tenants.history import SYSTEM
from tenants.isolation import acting_for, acting_organisation, database_now
from workflows.engine.progress import mark_done, settle
from workflows.engine.runs import Run, StepRow, number_new_rows, runs_by_id
from workflows.engine.steps import Act, Job, Start, Workflow

log = logging.getLogger(__name__)
LEASE_S = 60
BATCH = 100
MOST_ATTEMPTS = 8

# Materialized, and the ids as an array: a join could ask again, claim more than the limit, and scan rows by rows.
CLAIM = text("""
    with claimed as materialized (
      select s.id from step s
       where s.organisation_id = :organisation and s.state = 'ready' and s.ready_at <= now()
         and (select workflow from run r where r.organisation_id = s.organisation_id and r.id = s.run_id) = any(:known)
       order by s.ready_at, s.id limit :most for update skip locked)
    update step s set state = 'running', attempt = s.attempt + 1, lease_token = :token,
                      lease_until = now() + make_interval(secs => :lease)
     where s.organisation_id = :organisation and s.id = any(array(select id from claimed))
    returning s.id, s.run_id, s.name,
              (select workflow from run r where r.organisation_id = s.organisation_id and r.id = s.run_id)""")
# Back-off: 2, 4, 8 ... seconds with jitter, an hour at most; after the last attempt it has failed.
FAIL = text("""
    update step set state = case when attempt >= :most then 'failed' else 'ready' end, error = :error,
           ready_at = now() + least(interval '1 hour', interval '1 second' * power(2, attempt)) * (0.5 + random()),
           lease_token = null, lease_until = null
     where organisation_id = :organisation and lease_token = :token and id = any(:ids) and state = 'running'""")


class Fenced(RuntimeError):
    """The lease was lost meanwhile: somebody else has these steps, so nothing of this may be written."""


def drain_steps(organisation: UUID, catalogue: Mapping[str, Workflow], token: UUID) -> int:
    """Do up to a hundred ready steps of this organisation; how many were claimed. `token` is fresh and random."""
    groups: dict[tuple[str, str], list[tuple[UUID, UUID]]] = {}
    with acting_for(organisation):
        rows = db.session.execute(
            CLAIM, {"organisation": organisation, "token": token, "lease": LEASE_S, "most": BATCH,
                    "known": list(catalogue)}
        ).all()  # fmt: skip
    for step_id, run_id, name, workflow in rows:
        groups.setdefault((workflow, name), []).append((step_id, run_id))
    for (workflow, name), claimed in groups.items():
        _do_or_note_failure(organisation, catalogue, catalogue[workflow], name, claimed, token)
    return len(rows)


def _do_or_note_failure(
    organisation: UUID, catalogue: Mapping[str, Workflow], workflow: Workflow, name: str,
    claimed: list[tuple[UUID, UUID]], token: UUID,
) -> None:  # fmt: skip
    try:
        with acting_for(organisation):
            _do(catalogue, workflow, name, claimed, token)
    except Fenced:
        log.warning("fenced: %s %s", workflow.name, name)
    except Exception as fault:
        if len(claimed) > 1:  # one that cannot be done must not hold up the others
            for one in claimed:
                _do_or_note_failure(organisation, catalogue, workflow, name, [one], token)
            return
        log.exception("step failed: %s %s", workflow.name, name)
        with acting_for(organisation):
            ids = [step_id for step_id, _ in claimed]
            db.session.execute(
                FAIL, {"organisation": organisation, "token": token, "ids": ids, "most": MOST_ATTEMPTS,
                       "error": f"{type(fault).__name__}: {fault}"[:500]},
            )  # fmt: skip


def _do(
    catalogue: Mapping[str, Workflow], workflow: Workflow, name: str, claimed: list[tuple[UUID, UUID]], token: UUID
) -> None:
    runs = runs_by_id([run_id for _, run_id in claimed], lock=True)
    wanted = {step_id for step_id, _ in claimed}
    pairs = [(run, step) for run in runs for step in run.steps if step.id in wanted]
    held = _locked(token, [step for _, step in pairs])
    pairs = [(run, step) for run, step in pairs if step.id in held]
    if len(pairs) != len(claimed):
        raise Fenced()
    subjects = workflow.load([run.subject_id for run, _ in pairs])
    step = workflow.step(name)
    now = database_now()
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
