"""Breaking the glass (Art. 24): an owner approves or sends alone because nobody is there, and others look afterwards.

Nothing else of the step changes: its facts are demanded, and a second factor of a moment ago.
"""

from typing import Any
from uuid import UUID

from tenants.broken_glass import BrokenGlass, break_it, broken_glass
from tenants.errors import Invalid, NotAllowed
from tenants.history import Actor, Entry, record
from tenants.isolation import acting_organisation, database_now
from workflows.catalogue import CATALOGUE
from workflows.engine.advance import complete
from workflows.engine.bell import ring_after_commit
from workflows.engine.progress import people_before
from workflows.engine.runs import Run, run_about, runs_by_id
from workflows.engine.steps import Human, Workflow
from workflows.reminding import tell_of_broken_glass
from workflows.roles import may

ALONE = ("approve", "submit", "release")
"""What takes another person than the steps before it."""
SHORTEST_REASON = 20


def break_glass(
    workflow: Workflow, subject_id: UUID, step: str, by: Actor, reason: str, values: dict[str, Any],
    version: int | None = None,
) -> Run:  # fmt: skip
    """Do a step that somebody else should do; it stays open to review. Raises as `complete` does, and Invalid."""
    if by.id is None or by.role is None or not may(by.role, "break_glass"):
        raise NotAllowed("role.not_enough")
    run = run_about(workflow.name, subject_id, lock=True)
    found = next((one for one in workflow.as_of(run.version).steps if one.name == step), None)
    if step not in ALONE or not isinstance(found, Human):
        raise Invalid("glass.not_this_step")
    if not {by.id, by.for_id} & people_before(run, found):
        raise Invalid("glass.not_needed")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid("glass.reason_too_short", "alone_reason", least=SHORTEST_REASON)
    break_it(run.id, step, (by.id, by.for_id, by.name), reason.strip())
    done = complete(workflow, subject_id, step, by, by.role, values, version, alone=True)
    record([Entry(workflow.subject_kind, subject_id, "glass.broken", by, {"step": step}, {"reason": reason.strip()})])
    tell_of_broken_glass(subject_id, by)
    return done


def review_glass(glass_id: UUID, by: Actor, finding: str) -> BrokenGlass:
    """Somebody who had no part in it has looked, and says what they found. Raises NotFound, AlreadyDone, NotAllowed."""
    found = broken_glass(glass_id)
    if by.id is None or {by.id, by.for_id} & found.people:
        raise NotAllowed("glass.review_by_another")
    if not finding.strip():
        raise Invalid("field.required", "finding")
    found.close(by.id, by.for_id, by.name, finding.strip(), database_now())
    run = runs_by_id([found.run_id])[0]
    about, told = (CATALOGUE[run.workflow].subject_kind, run.subject_id), {"step": found.step}
    record([Entry(*about, "glass.reviewed", by, told, {"finding": found.review})])
    ring_after_commit(acting_organisation())
    return found
