"""The open tasks of the acting organisation, and whose turn a step is. Each list is one query."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from tenants.database import db
from tenants.history.entries import Actor
from tenants.isolation import acting_organisation, database_now
from tenants.register.escalations import Escalation
from workflows.accounts.crew import Crew, Later
from workflows.catalogue import CATALOGUE, definition
from workflows.engine.progress import is_fresh, people_before
from workflows.engine.runs import Run
from workflows.engine.steps import Human, Workflow
from workflows.escalation.incident_board import state
from workflows.notice.second_person import has_second_person, leaves_second_person
from workflows.roles import ALONE

Seat = Callable[[str], Actor | None]
"""The viewer in the role in which they may do the step with this name; None when they may not."""
# before: who did the steps that this one must be done by somebody else than, the last of each, and for whom.
TASKS = text("""
select s.name as step, r.workflow, r.version, r.subject_id, c.alarm_at, c.due_at,
       b.reference, b.title, b.id as breach_id, b.stated_by, b.stated_aware_how, b.own_aware_stated_at,
       b.origin, b.acknowledged_at, b.decided_at, b.prepared_by,
       array(select unnest(array[l.done_by, l.done_for]) from (
               select distinct on (d.name) d.done_by, d.done_for from step d
                where d.organisation_id = r.organisation_id and d.run_id = r.id and d.state = 'done'
                  and cast(:others as jsonb) -> (r.workflow || '@' || r.version || '.' || s.name) ? d.name
                order by d.name, d.round desc) l) as before,
       array(select g.step from broken_glass g
              where g.organisation_id = r.organisation_id and g.run_id = r.id) as done_alone,
       array(select unnest(array[a.done_by, a.done_for]) from (
               select d.done_by, d.done_for from step d
                where d.organisation_id = r.organisation_id and d.run_id = r.id and d.state = 'done'
                  and d.name = 'approve' and d.outcome is null order by d.round desc limit 1) a) as approvers
  from step s
  join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
  left join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id and c.state = 'running'
  left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
  join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
 where s.organisation_id = :organisation and s.kind = 'human' and s.state = 'waiting'
 order by c.alarm_at nulls last, s.id limit :most
""")
ONLY_ASKED = ("before", "done_alone", "approvers", "version", "origin", "acknowledged_at", "decided_at", "prepared_by")
CHAINS = text("""
select i.id, i.reference, i.title, count(*) as total, count(e.informed_at) as informed,
       count(*) filter (where e.call_needed_at is not null and e.informed_at is null) as call,
       min(e.alarm_at) filter (where e.informed_at is null) as alarm_at
  from escalation e join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
 where e.processor_id = :organisation
 group by i.id, i.reference, i.title having count(*) > count(e.informed_at)
 order by 6 desc, 7 limit :most
""")


@dataclass(frozen=True)
class Task:
    """A person's open step; `mine` when the viewer may do it. `law` is None for a step that this build does not have.

    `is_alone`: nobody else can do it, and the viewer may, alone and with a reason. `receipt_first`: the viewer confirms
    the receipt before it. While `own_aware_stated_at` is None the clock runs on the statement of `stated_by`.
    """

    workflow: str
    step: str
    law: str | None
    subject_id: UUID
    breach_id: UUID
    reference: str
    title: str
    alarm_at: datetime | None
    due_at: datetime | None
    stated_by: str | None
    stated_aware_how: str | None
    own_aware_stated_at: datetime | None
    mine: bool
    is_alone: bool
    receipt_first: bool


@dataclass(frozen=True)
class Turn:
    """An open step of one run: who may do it, and why the one who looks may not ("role", "four_eyes", "proof")."""

    step: str
    law: str
    is_human: bool
    hindrance: str | None
    people: tuple[str, ...]
    is_stale: bool = False
    """The viewer must first give a second factor anew."""
    others_follow: bool = True
    """Whether somebody else can do the step that another person must do after this one."""

    leaves_second_person: bool = True
    """Whether doing it alone leaves somebody else for the other decision of a notice."""
    later: tuple[Later, ...] = ()
    """The people who can do it from a later moment: a seat or a second factor does not count yet."""

    def may_alone(self, breaks_glass: bool) -> bool:
        """Whether four eyes are the only hindrance for the viewer, who could break the glass."""
        return may_alone(self.hindrance, self.step, breaks_glass) and self.leaves_second_person

    def lacks_second_person(self, breaks_glass: bool) -> bool:
        """Whether breaking the glass is refused for this step: the decision always takes a second person."""
        return may_alone(self.hindrance, self.step, breaks_glass) and not self.leaves_second_person

    def is_alone(self, breaks_glass: bool) -> bool:
        """Whether nobody else can do it, and the viewer may, alone and with a reason."""
        return self.may_alone(breaks_glass) and not self.people


def may_alone(hindrance: str | None, step: str, breaks_glass: bool) -> bool:
    """Whether four eyes are the only hindrance for the viewer, whose role could break the glass."""
    return hindrance == "four_eyes" and step in ALONE and breaks_glass


def receipt_comes_first(origin: str, acknowledged_at: datetime | None, confirms: bool) -> bool:
    """Whether the viewer must first confirm that the processor's message arrived (Art. 33(2))."""
    return origin == "escalated" and acknowledged_at is None and confirms


def tasks(seat: Seat, most: int = 50) -> list[Task]:
    """Return the open steps of people, the tightest time first."""
    values = {"organisation": acting_organisation(), "others": json.dumps(_others()), "most": most}
    crew = Crew()
    return [_task(row, seat, crew) for row in db.session.execute(TASKS, values).mappings()]


def chains(most: int = 20) -> list[dict[str, Any]]:
    """Return the acting office's incidents of which not every controller has been informed; call lists first."""
    rows = db.session.execute(CHAINS, {"organisation": acting_organisation(), "most": most})
    return [dict(row) for row in rows.mappings()]


def board_where(
    incident_id: UUID, where: str, most: int, after: tuple[datetime, UUID] | None = None
) -> list[Escalation]:
    """Return the escalations of an incident that one of its sums counts, the tightest time first."""
    query = select(Escalation).where(
        Escalation.processor_id == acting_organisation(), Escalation.incident_id == incident_id, state() == where
    )
    if after:
        query = query.where(func.row(Escalation.alarm_at, Escalation.id) > func.row(*after))
    return list(db.session.scalars(query.order_by(Escalation.alarm_at, Escalation.id).limit(most)))


def turn(
    workflow: Workflow, run: Run, name: str, by: Actor | None, preparers: frozenset[UUID | None] = frozenset()
) -> Turn:  # fmt: skip
    """Return whose turn this step of this run is. `by` is the viewer, in a role that may do it, or None.

    `preparers` are the people who changed what is to be approved, beside those who did the steps before.
    """
    step = workflow.step(name)
    if not isinstance(step, Human):
        return Turn(name, step.law, False, None, ())
    before = people_before(run, step) | (preparers if name == "approve" else frozenset())
    is_stale = by is not None and step.fresh and not is_fresh(by, database_now())
    hindrance = _hindrance(step, by, before) or ("proof" if is_stale else None)
    crew = Crew()
    follow = _others_follow(workflow, run, step, by, crew)
    leaves = hindrance != "four_eyes" or by is None or has_second_person(run, name, by)
    able, later = crew.who_can(step, before), crew.who_can_later(step, before)
    return Turn(name, step.law, True, hindrance, able, is_stale, follow, leaves, later)


def _others_follow(workflow: Workflow, run: Run, step: Human, by: Actor | None, crew: Crew) -> bool:
    after = next((s for s in workflow.steps if isinstance(s, Human) and step.name in s.other_than), None)
    if after is None or by is None:
        return True
    others = replace(after, other_than=tuple(name for name in after.other_than if name != step.name))
    return bool(crew.who_can(after, people_before(run, others) | {by.id, by.for_id}))


def _task(row: Any, seat: Seat, crew: Crew) -> Task:
    workflow = definition(row["workflow"], row["version"])
    step = workflow.step(row["step"]) if workflow else None
    of_breach = row["workflow"] == "ap_notification"
    before = set(row["before"]) | set(row["prepared_by"] if of_breach and row["step"] == "approve" else ())
    hindrance = _hindrance(step, seat(row["step"]), before) if isinstance(step, Human) else "role"
    by, breaks_glass = seat(row["step"]), seat("break_glass") is not None
    is_alone = may_alone(hindrance, row["step"], breaks_glass) and isinstance(step, Human)
    if is_alone and by is not None:
        is_alone = leaves_second_person(row["workflow"], row["step"], by, row["done_alone"], row["approvers"])
    is_alone = is_alone and not crew.who_can(step, before)  # type: ignore[arg-type]
    confirms = of_breach and row["decided_at"] is None and seat("confirm_receipt") is not None
    receipt = receipt_comes_first(row["origin"], row["acknowledged_at"], confirms)
    values = {name: row[name] for name in row if name not in ONLY_ASKED}
    law, mine = step.law if step else None, receipt or is_alone or hindrance is None
    return Task(**values, law=law, mine=mine, is_alone=is_alone, receipt_first=receipt)


def _hindrance(step: Human, by: Actor | None, before: set[UUID | None]) -> str | None:
    if by is None or by.role not in step.by:
        return "role"
    return "four_eyes" if ({by.id, by.for_id} - {None}) & before else None


def _others() -> dict[str, tuple[str, ...]]:
    return {
        f"{workflow.name}@{workflow.version}.{step.name}": step.other_than
        for newest in CATALOGUE.values()
        for workflow in (newest, *newest.earlier)
        for step in workflow.steps
        if isinstance(step, Human) and step.other_than
    }
