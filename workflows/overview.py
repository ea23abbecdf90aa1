"""What needs somebody now in the acting organisation, and whose turn a step is. Each list is one query."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text

from tenants.database import db
from tenants.deputies import standing_in
from tenants.escalations import Escalation
from tenants.history import Actor
from tenants.isolation import acting_organisation, database_now
from tenants.processing_agreements import ProcessingAgreement
from tenants.users import members_of
from workflows.board import state
from workflows.catalogue import CATALOGUE, definition
from workflows.engine.progress import is_fresh, people_before
from workflows.engine.runs import Run
from workflows.engine.steps import Human, Workflow

Seat = Callable[[str], Actor | None]
"""Who looks, in the role in which they may do the step with this name; None when they may not."""
# before: who did the steps that this one must be done by somebody else than, the last of each, and for whom.
TASKS = text("""
select s.name as step, r.workflow, r.version, r.subject_id, c.alarm_at, c.due_at,
       b.reference, b.title, b.id as breach_id, b.stated_by, b.stated_aware_how, b.own_aware_stated_at,
       array(select unnest(array[l.done_by, l.done_for]) from (
               select distinct on (d.name) d.done_by, d.done_for from step d
                where d.organisation_id = r.organisation_id and d.run_id = r.id and d.state = 'done'
                  and cast(:others as jsonb) -> (r.workflow || '@' || r.version || '.' || s.name) ? d.name
                order by d.name, d.round desc) l) as before
  from step s
  join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
  left join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id and c.state = 'running'
  left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
  join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
 where s.organisation_id = :organisation and s.kind = 'human' and s.state = 'waiting'
 order by c.alarm_at nulls last, s.id limit :most
""")
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
    """A person's step that is open; `mine` when the one who looks may do it. Without `law` this build knows it not.

    The clock runs on the word of `stated_by` while `own_aware_stated_at` is None.
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


@dataclass(frozen=True)
class Turn:
    """An open step of one run: who may do it, and why the one who looks may not ("role", "four_eyes", "proof")."""

    step: str
    law: str
    is_human: bool
    hindrance: str | None
    people: tuple[str, ...]
    is_stale: bool = False
    """Whoever looks must first give a second factor anew."""


def tasks(seat: Seat, most: int = 50) -> list[Task]:
    """The open steps of people, the tightest time first."""
    values = {"organisation": acting_organisation(), "others": json.dumps(_others()), "most": most}
    return [_task(row, seat(row["step"])) for row in db.session.execute(TASKS, values).mappings()]


def chains(most: int = 20) -> list[dict[str, Any]]:
    """The acting office's incidents of which not every controller has been informed; call lists first."""
    rows = db.session.execute(CHAINS, {"organisation": acting_organisation(), "most": most})
    return [dict(row) for row in rows.mappings()]


def board_where(
    incident_id: UUID, where: str, most: int, after: tuple[datetime, UUID] | None = None
) -> list[Escalation]:
    """The part of an incident's board that one of its sums counts, the tightest time first."""
    query = select(Escalation).where(
        Escalation.processor_id == acting_organisation(), Escalation.incident_id == incident_id, state() == where
    )
    if after:
        query = query.where(func.row(Escalation.alarm_at, Escalation.id) > func.row(*after))
    return list(db.session.scalars(query.order_by(Escalation.alarm_at, Escalation.id).limit(most)))


def has_clients() -> bool:
    """Whether the acting organisation processes for others."""
    mine = ProcessingAgreement.processor_id == acting_organisation()
    return bool(db.session.scalar(select(exists().where(mine))))


def turn(
    workflow: Workflow, run: Run, name: str, by: Actor | None, preparers: frozenset[UUID | None] = frozenset()
) -> Turn:  # fmt: skip
    """Whose turn this step of this run is; `by` is who looks, in a role that may do it, or None.

    `preparers` changed what is to be approved, beside those who did the steps before.
    """
    step = workflow.step(name)
    if not isinstance(step, Human):
        return Turn(name, step.law, False, None, ())
    before = people_before(run, step) | (preparers if name == "approve" else frozenset())
    is_stale = by is not None and step.fresh and not is_fresh(by, database_now())
    hindrance = _hindrance(step, by, before) or ("proof" if is_stale else None)
    return Turn(name, step.law, True, hindrance, _who_can(step, before), is_stale)


def _who_can(step: Human, before: set[UUID | None]) -> tuple[str, ...]:
    """Whoever has the role, and whoever stands in for somebody who has; not who did an earlier step, or for whom."""
    members = {user.id: (user.name, role) for user, role in members_of(acting_organisation())}
    able = [who for who, (_, role) in members.items() if role in step.by and who not in before]
    able += [who for who, of in standing_in() if of in able and who in members and who not in before]
    return tuple(dict.fromkeys(members[who][0] for who in able))


def _task(row: Any, by: Actor | None) -> Task:
    workflow = definition(row["workflow"], row["version"])
    step = workflow.step(row["step"]) if workflow else None
    mine = isinstance(step, Human) and _hindrance(step, by, set(row["before"])) is None
    values = {name: row[name] for name in row if name not in ("before", "version")}
    return Task(**values, law=step.law if step else None, mine=mine)


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
