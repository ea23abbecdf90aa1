"""A person's act on a run, in the database: the run is locked, the step is done, what follows is opened."""

import logging
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import inspect

from tenants.database import db
from tenants.errors import NotAllowed, NotFound, OutOfDate
from tenants.history.entries import Actor, Entry, record
from tenants.identity.marks import marks_of
from tenants.identity.users import role_held, seat_waits_until
from tenants.isolation import acting_organisation, after_commit, database_now
from workflows.engine.hints import hint_after_commit
from workflows.engine.likeness import alike_steps
from workflows.engine.progress import carry_out, settle
from workflows.engine.runs import Run, run_about
from workflows.engine.steps import SEAT_WAITS, Act, Human, Workflow
from workflows.roles import DECISIVE

log = logging.getLogger(__name__)
PERSONAL = frozenset({"answers", "contact", "sent_form"})
"""Values of a person's act that tell about people: the authority's form names them (its answers, and the form as it was
sent), a notice its contact point."""


def complete(
    workflow: Workflow, subject_id: UUID, name: str, by: Actor, role: str, values: dict[str, Any],
    version: int | None = None, alone: bool = False,
) -> Run:  # fmt: skip
    """Do a person's step. The run is locked, so the second of two at the same time finds it done (AlreadyDone).

    `version` is the version that the person looked at; raises OutOfDate when the subject changed since. The role is
    the one that the person has once the run is locked: raises NotFound when their seat ended meanwhile.
    """
    run = run_about(workflow.name, subject_id, lock=True)
    seated = in_present_seat(by)
    by, role = seated, role if seated.role == by.role else str(seated.role)
    workflow = workflow.as_of(run.version)
    subject = workflow.load([subject_id])[subject_id]
    _read_anew(subject)
    if version is not None and subject.version != version:
        raise OutOfDate()
    if name in DECISIVE:
        refuse_while_seat_waits(by)
    values = _prepared(workflow, subject, name, values, by)
    before, likeness = run.state, _likeness(run, by) if name in DECISIVE else []
    act = Act(by, role, database_now(), values, alone)
    row = carry_out(workflow, run, subject, name, act)
    row.alike = likeness
    what = f"{workflow.name}.{name}" + (f".{row.outcome}" if row.outcome else "")
    noted = {**values, **act.notes, **_kept(workflow, subject, name, act), **({"alike": likeness} if likeness else {})}
    record([_entry(workflow, subject, what, replace(by, role=role), noted)])
    subject.version += 1
    if run.state != before and workflow.ended is not None:
        workflow.ended(subject, run.state)
    db.session.flush()  # The database's own rules refuse here, and not while the answer is put together.
    hint_after_commit(acting_organisation())
    details = {
        "organisation_id": run.organisation_id, "workflow": run.workflow, "version": run.version, "step": name,
        "run_id": run.id, "step_id": row.id,
    }  # fmt: skip
    after_commit(lambda: log.info("step done by a person", extra=details))
    return run


def _read_anew(subject: Any) -> None:
    """Read the subject again: another transaction may have changed it while this one waited for the run's lock."""
    row = inspect(subject, raiseerr=False)
    if row is not None and row.persistent:
        db.session.refresh(subject, with_for_update=True)


def _prepared(
    workflow: Workflow, subject: Any, name: str, values: dict[str, Any], by: Actor
) -> dict[str, Any]:  # fmt: skip
    """Return the values of the act, after storing what lies beside it. The run is locked, so nobody else stores
    at the same time."""
    step = workflow.step(name)
    return step.prepares(subject, values, by) if isinstance(step, Human) and step.prepares else values


def _kept(workflow: Workflow, subject: Any, name: str, act: Act[Any]) -> dict[str, Any]:
    """Return what the entry of this step keeps beside its values."""
    step = workflow.step(name)
    return step.keeps(subject, act.by, act.at) if isinstance(step, Human) and step.keeps else {}


def _likeness(run: Run, by: Actor) -> list[dict[str, object]]:
    """Return the earlier steps of this run done by an account that looks like the acting person's."""
    who = [account for account in (by.id, by.for_id) if account is not None]
    earlier = [
        (row.name, account) for row in run.done() for account in (row.done_by, row.done_for) if account is not None
    ]
    return alike_steps(who, earlier, marks_of({*who, *(account for _, account in earlier)}))


def refuse_while_seat_waits(by: Actor) -> None:
    """Raise NotAllowed for a new decider whose seat, or whose colleague's seat, does not count yet."""
    waits = seat_waits_until(acting_organisation(), by.id, by.for_id)
    if waits is not None:
        raise NotAllowed(SEAT_WAITS, counts_from=waits)


def in_present_seat(by: Actor) -> Actor:
    """Return the actor in the role that they have at this moment: it may have changed while a request waited for a
    lock. An actor without a role is no member's request.

    Raises NotFound when their seat ended, or that of the colleague whom they stand in for.
    """
    if by.role is None or by.id is None:
        return by
    held = role_held(acting_organisation(), by.id, by.for_id)
    if held is None:
        raise NotFound("organisation.unknown")
    return replace(by, role=held)


def _entry(workflow: Workflow, subject: Any, what: str, by: Actor, values: dict[str, Any]) -> Entry:
    """Return the history entry of an act: on which version of the facts, and under which terms of the law."""
    return Entry(
        workflow.subject_kind, subject.id, what, by,
        {key: value for key, value in values.items() if key not in PERSONAL},
        {key: value for key, value in values.items() if key in PERSONAL and value},
        subject.version, getattr(subject, "terms_name", None),
    )  # fmt: skip


def begin(workflow: Workflow, subject: Any) -> Run:
    """Begin a run about this subject and return it; its first step is opened and its clocks stand ready."""
    now = database_now()
    run = Run(
        organisation_id=acting_organisation(), workflow=workflow.name, version=workflow.version,
        subject_id=subject.id, state="running", created_at=now,
    )  # fmt: skip
    db.session.add(run)
    settle(workflow, run, subject, now)
    db.session.flush()
    hint_after_commit(acting_organisation())
    return run
