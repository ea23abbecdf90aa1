"""What needs somebody now in the acting organisation, and whose turn a step is. Each list is one query."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text

from tenants.database import db
from tenants.escalations import Escalation
from tenants.isolation import acting_organisation
from tenants.processing_agreements import ProcessingAgreement
from tenants.users import members_of
from workflows.board import state
from workflows.catalogue import CATALOGUE, definition
from workflows.engine.runs import Run
from workflows.engine.steps import Human, Workflow

# other_done_by: who did the step that this one may not be done by the same person as.
TASKS = text("""
select s.name as step, r.workflow, r.version, r.subject_id, c.alarm_at, c.due_at,
       b.reference, b.title, b.id as breach_id,
       (select d.done_by from step d
         where d.organisation_id = r.organisation_id and d.run_id = r.id and d.state = 'done'
           and d.name = cast(:others as jsonb) ->> (r.workflow || '@' || r.version || '.' || s.name)
         order by d.done_at desc limit 1) as other_done_by
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
    """A person's step that is open; `mine` when the one who looks may do it. Without `law` this build knows it not."""

    workflow: str
    step: str
    law: str | None
    subject_id: UUID
    breach_id: UUID
    reference: str
    title: str
    alarm_at: datetime | None
    due_at: datetime | None
    mine: bool


@dataclass(frozen=True)
class Turn:
    """An open step of one run: who may do it, and why the one who looks may not ("role", "four_eyes")."""

    step: str
    law: str
    is_human: bool
    hindrance: str | None
    people: tuple[str, ...]


def tasks(user_id: UUID, role: str, most: int = 50) -> list[Task]:
    """The open steps of people, the tightest time first."""
    values = {"organisation": acting_organisation(), "others": json.dumps(_others()), "most": most}
    return [_task(row, user_id, role) for row in db.session.execute(TASKS, values).mappings()]


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


def turn(workflow: Workflow, run: Run, name: str, user_id: UUID, role: str) -> Turn:
    """Whose turn this step of this run is."""
    step = workflow.step(name)
    if not isinstance(step, Human):
        return Turn(name, step.law, False, None, ())
    other = _done_by(run, step.other_than)
    people = [user.name for user, has in members_of(acting_organisation()) if has in step.by and user.id != other]
    hindrance = _hindrance(step, role, other is not None and other == user_id)
    return Turn(name, step.law, True, hindrance, tuple(people))


def _task(row: Any, user_id: UUID, role: str) -> Task:
    workflow = definition(row["workflow"], row["version"])
    step = workflow.step(row["step"]) if workflow else None
    mine = isinstance(step, Human) and _hindrance(step, role, row["other_done_by"] == user_id) is None
    values = {name: row[name] for name in row if name not in ("other_done_by", "version")}
    return Task(**values, law=step.law if step else None, mine=mine)


def _hindrance(step: Human, role: str, did_the_other: bool) -> str | None:
    if role not in step.by:
        return "role"
    return "four_eyes" if did_the_other else None


def _done_by(run: Run, name: str | None) -> UUID | None:
    done = [row.done_by for row in run.done() if row.name == name]
    return done[-1] if done else None


def _others() -> dict[str, str]:
    return {
        f"{workflow.name}@{workflow.version}.{step.name}": step.other_than
        for newest in CATALOGUE.values()
        for workflow in (newest, *newest.earlier)
        for step in workflow.steps
        if isinstance(step, Human) and step.other_than
    }
