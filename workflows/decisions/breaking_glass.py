"""Breaking the glass (Art. 24): an owner approves or sends alone because nobody else is there, and others review it
later.

Nothing else of the step changes: its facts are demanded, and a fresh second factor.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import SYSTEM, Actor, Entry, record
from tenants.identity.marks import marks_of
from tenants.identity.users import seat_waits_until
from tenants.isolation import acting_organisation, database_now
from tenants.register.breaches import Breach
from tenants.register.broken_glass import BrokenGlass, act_done_alone, break_it
from workflows.accounts.seating import reviews_from
from workflows.catalogue import CATALOGUE
from workflows.decisions.overview import before_of
from workflows.decisions.turn import who_is
from workflows.engine.advance import complete, in_present_seat, refuse_while_seat_waits
from workflows.engine.hints import hint_after_commit
from workflows.engine.likeness import alike_steps
from workflows.engine.progress import mark_done, people_before, refuse_unless_proven, settle
from workflows.engine.runs import Run, run_about, runs_by_id
from workflows.engine.steps import SEAT_WAITS, Act, Human, Nothing, Workflow
from workflows.mail.reminding import tell_of_broken_glass
from workflows.notice.bulk_notice import begin as begin_notice
from workflows.notification.ap_notification import AP_NOTIFICATION, NOTIFY
from workflows.roles import ALONE, may

SHORTEST_REASON = 20


def break_glass(
    workflow: Workflow, subject_id: UUID, step: str, by: Actor, reason: str, values: dict[str, Any],
    version: int | None = None,
) -> Run:  # fmt: skip
    """Do a step alone that a second person should do; it stays open to review. Raises as `complete` does, and
    Invalid."""
    run = run_about(workflow.name, subject_id, lock=True)
    by = in_present_seat(by)
    _demand_owner(by)
    _refuse_unless_needed(workflow, run, step, by, workflow.load([subject_id])[subject_id])
    if not before_of(run).leaves_second_person(workflow.name, step, who_is(by)):
        raise Invalid("glass.second_person")
    done = _alone(workflow, run, step, by, reason, values, version)
    _tell(workflow, subject_id, by, [step], reason)
    return done


def notify_alone(breach_id: UUID, by: Actor, reason: str, submission: dict[str, Any], version: int) -> Run:
    """Art. 33(1): an owner who is alone, or who finds nobody in time, notifies the authority in one act, with one
    reason.

    A colleague who could approve may be away, which nobody here can know: the reason says it, and all who may review
    are told. Pages offer it only to an owner who is alone.

    It approves the draft that they wrote and records that the form was sent in, as done alone. Raises as `break_glass`
    does, and Invalid("alone.not_this_decision") when no draft to notify waits for approval.
    """
    run = run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    by = in_present_seat(by)
    breach, opened = AP_NOTIFICATION.load([breach_id])[breach_id], run.open_step()
    if breach.decision != NOTIFY or opened is None or opened.name not in ("approve", "submit"):
        raise Invalid("alone.not_this_decision")
    _demand_owner(by)
    _refuse_unless_needed(AP_NOTIFICATION, run, opened.name, by, breach)
    if opened.name == "approve":
        _alone(AP_NOTIFICATION, run, "approve", by, reason, {"agrees": True}, version)
        _begin_to_tell_people(run, breach)
    done = _alone(AP_NOTIFICATION, run, "submit", by, reason, submission, breach.version)
    _tell(AP_NOTIFICATION, breach_id, by, ["approve", "submit"] if opened.name == "approve" else ["submit"], reason)
    return done


def refuse_short(reason: str) -> None:
    """Raise Invalid for a reason of fewer than SHORTEST_REASON characters."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid("glass.reason_too_short", "alone_reason", least=SHORTEST_REASON)


def _alone(
    workflow: Workflow, run: Run, step: str, by: Actor, reason: str, values: dict[str, Any], version: int | None
) -> Run:  # fmt: skip
    refuse_short(reason)
    assert by.id is not None and by.role is not None
    refuse_while_seat_waits(by)
    break_it(run.id, step, (by.id, by.for_id, by.name), reason.strip())
    return complete(workflow, run.subject_id, step, by, by.role, values, version, alone=True)


def _begin_to_tell_people(run: Run, breach: Breach) -> None:
    """Art. 34(1): begin the notice at once, as a worker would a second later; the form's step comes after it."""
    opened = run.open_step()
    if opened is not None and opened.name == "tell-people":
        at = database_now()
        begin_notice(breach)
        mark_done(run, opened, Act(SYSTEM, "system", at, Nothing()))
        settle(AP_NOTIFICATION.as_of(run.version), run, breach, at)


def _refuse_unless_needed(workflow: Workflow, run: Run, step: str, by: Actor, subject: Any) -> None:
    declared = next((candidate for candidate in workflow.as_of(run.version).steps if candidate.name == step), None)
    if step not in ALONE or not isinstance(declared, Human):
        raise Invalid("glass.not_this_step")
    preparers: frozenset[UUID | None] = getattr(subject, "preparers", frozenset())
    if not {by.id, by.for_id} & (people_before(run, declared) | (preparers if declared.not_by_preparers else set())):
        raise Invalid("glass.not_needed")


def _demand_owner(by: Actor) -> None:
    if by.id is None or by.role is None or not may(by.role, "break_glass"):
        raise NotAllowed("role.not_enough")


def _tell(workflow: Workflow, subject_id: UUID, by: Actor, steps: list[str], reason: str) -> None:
    reason = reason.strip()
    record([Entry(workflow.subject_kind, subject_id, "glass.broken", by, _of_steps(steps), {"reason": reason})])
    tell_of_broken_glass(subject_id, by)


def _of_steps(steps: list[str]) -> dict[str, Any]:
    return {"step": steps[-1]} if len(steps) == 1 else {"step": steps[-1], "steps": steps}


def review_glass(glass_id: UUID, by: Actor, finding: str) -> BrokenGlass:
    """Close the review of an act that somebody did alone, with all its steps, on the finding of a person without a part
    in it.

    Raises NotFound, AlreadyDone, Invalid without a finding; NotAllowed for the person who did it, without a fresh
    second factor, and when the reviewer's seat does not count yet.
    """
    steps = act_done_alone(glass_id)
    last = steps[-1]
    if by.id is None or {by.id, by.for_id} & last.people:
        raise NotAllowed("glass.review_by_another")
    if not finding.strip():
        raise Invalid("field.required", "finding")
    at = database_now()
    _refuse_new_reviewer(by, last, at)
    for row in steps:
        row.close(by.id, by.for_id, by.name, finding.strip(), at)
    run = runs_by_id([last.run_id])[0]
    about, details = (CATALOGUE[run.workflow].subject_kind, run.subject_id), _of_steps([row.step for row in steps])
    likeness = _likeness(by, steps)
    details |= {"alike": likeness} if likeness else {}
    record([Entry(*about, "glass.reviewed", by, details, {"finding": last.review})])
    hint_after_commit(acting_organisation())
    return last


def _refuse_new_reviewer(by: Actor, done: BrokenGlass, at: datetime) -> None:
    refuse_unless_proven(by, at)
    waits = review_counts_from(by, done.people, done.created_at)
    if waits is not None:
        raise NotAllowed(SEAT_WAITS, counts_from=waits)


def review_counts_from(by: Actor, actors: set[UUID], acted_at: datetime) -> datetime | None:
    """Return from when this person can review what `actors` did alone at `acted_at`; None for now."""
    seats = [who for who in (by.id, by.for_id) if who is not None]
    moments = [seat_waits_until(acting_organisation(), by.id, by.for_id)]
    moments += [reviews_from(who, actors, acted_at) for who in seats]
    return max((moment for moment in moments if moment is not None), default=None)


def _likeness(by: Actor, steps: list[BrokenGlass]) -> list[dict[str, object]]:
    """Return the steps that were done by an account that looks like the reviewer's, and why."""
    who = [account for account in (by.id, by.for_id) if account is not None]
    done = [(row.step, person) for row in steps for person in row.people]
    return alike_steps(who, done, marks_of({*who, *(account for _, account in done)}))
