"""Art. 24, 32: mail to people always has a second person, also where somebody breaks the glass."""

from collections.abc import Collection
from uuid import UUID

from tenants.history.entries import Actor
from tenants.register.broken_glass import steps_done_alone
from workflows.engine.runs import Run
from workflows.notice.bulk_notice import BULK_NOTICE


def has_second_person(run: Run, step: str, by: Actor) -> bool:
    """Whether doing this step alone leaves somebody else for the other decision of this run."""
    if run.workflow != BULK_NOTICE.name:
        return True
    approved = [row for row in run.done() if row.name == "approve" and row.outcome is None]
    last = {approved[-1].done_by, approved[-1].done_for} if approved else set()
    return leaves_second_person(run.workflow, step, by, steps_done_alone(run.id), last)


def leaves_second_person(
    workflow: str, step: str, by: Actor, done_alone: Collection[str], approvers: Collection[UUID | None]
) -> bool:  # fmt: skip
    """Answer as `has_second_person` does, from known values: the steps done alone, and who last approved and for whom.
    """
    if workflow != BULK_NOTICE.name:
        return True
    if any(other_step != step for other_step in done_alone):
        return False
    return step != "release" or not {by.id, by.for_id} - {None} & set(approvers)
