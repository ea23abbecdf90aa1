"""The open tasks of the acting organisation, and whose turn each is. Each list is one query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.broken_glass import steps_done_alone
from workflows.accounts.crew import Crew, crew_here
from workflows.catalogue import definition
from workflows.decisions.turn import (
    KEEPS_SECOND_PERSON,
    Before,
    Seat,
    Turn,
    nobody,
    stops_without_second_person,
    turn,
)
from workflows.engine.derive import next_step, standing
from workflows.engine.runs import Run
from workflows.engine.steps import Human, Step, Unless

# done: who did each step of the run last, and for whom; done_alone: which of them somebody did alone.
TASKS = text("""
select s.id as step_id, s.name as step, s.ready_at, r.id as run_id, r.workflow, r.version, r.subject_id,
       c.alarm_at, c.due_at,
       b.reference, b.title, b.id as breach_id, b.stated_by, b.stated_aware_how, b.own_aware_stated_at,
       b.origin, b.acknowledged_at, b.decided_at,
       case when n.id is null then b.prepared_by else n.prepared_by end as prepared_by,
       (select coalesce(jsonb_object_agg(l.name, jsonb_build_array(l.done_by, l.done_for)), '{}') from (
          select distinct on (d.name) d.name, d.done_by, d.done_for from step d
           where d.organisation_id = r.organisation_id and d.run_id = r.id and d.state = 'done'
           order by d.name, d.round desc) l) as done,
       array(select g.step from broken_glass g
              where g.organisation_id = r.organisation_id and g.run_id = r.id) as done_alone
  from step s
  join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
  left join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id and c.state = 'running'
  left join notice n on n.organisation_id = r.organisation_id and n.id = r.subject_id
  join breach b on b.organisation_id = r.organisation_id and b.id = coalesce(n.breach_id, r.subject_id)
 where s.organisation_id = :organisation and s.kind = 'human' and s.state = 'waiting'
   and (cast(:steps as uuid[]) is null or s.id = any(:steps))
 order by c.alarm_at nulls last, s.id limit :most
""")
ONLY_ASKED = ("done", "done_alone", "version", "origin", "acknowledged_at", "decided_at", "prepared_by")


@dataclass(frozen=True)
class Task:
    """A person's open step, and whose turn it is; `turn` is None for a step that this build does not have.

    `receipt_first`: the viewer confirms the receipt before it. While `own_aware_stated_at` is None the clock runs on
    the statement of `stated_by`. `ready_at`: since when the step is open.
    """

    step_id: UUID
    step: str
    ready_at: datetime
    run_id: UUID
    workflow: str
    subject_id: UUID
    alarm_at: datetime | None
    due_at: datetime | None
    reference: str
    title: str
    breach_id: UUID
    stated_by: str | None
    stated_aware_how: str | None
    own_aware_stated_at: datetime | None
    turn: Turn | None
    receipt_first: bool

    @property
    def law(self) -> str | None:
        """The article of the step; None for a step that this build does not have."""
        return self.turn.law if self.turn else None

    @property
    def mine(self) -> bool:
        """Whether the viewer is asked to do something."""
        return self.receipt_first or (self.turn is not None and self.turn.is_mine)

    @property
    def is_alone(self) -> bool:
        """Whether nobody else can do it, and the viewer may, alone and with a reason."""
        return self.turn is not None and self.turn.is_alone

    @property
    def needs_second_person(self) -> bool:
        """Whether approving alone leads nowhere yet, because nobody else is there to send the mail to people."""
        return self.turn is not None and stops_without_second_person(self.workflow, self.turn)

    @property
    def persons(self) -> tuple[UUID, ...]:
        """The users who can do it right now; when nobody can, the owners who could do it alone with a reason."""
        return tuple(member.id for member in (self.turn.can or self.turn.owners)) if self.turn else ()


def receipt_comes_first(origin: str, acknowledged_at: datetime | None, confirms: bool) -> bool:
    """Whether the viewer must first confirm that the processor's message arrived (Art. 33(2))."""
    return origin == "escalated" and acknowledged_at is None and confirms


def tasks(seat: Seat = nobody, most: int = 50, steps: list[UUID] | None = None) -> list[Task]:
    """Return the open steps of people, the tightest time first: at most `most`, of all or of these steps by id.

    Two or three queries, however many steps. `seat` is whoever looks.
    """
    values = {"organisation": acting_organisation(), "most": most, "steps": steps}
    rows = db.session.execute(TASKS, values).mappings().all()
    crew = crew_here() if rows else None
    return [_task(row, seat, crew) for row in rows if crew]


def turn_of(
    run: Run, name: str, seat: Seat, crew: Crew, preparers: frozenset[UUID | None] = frozenset()
) -> Turn | None:  # fmt: skip
    """Return whose turn this step of this run is with these members; None when this build does not have the
    definition.

    `preparers` are the people who changed what is to be approved, beside those who did the steps before.
    """
    workflow = definition(run.workflow, run.version)
    return turn(workflow, name, before_of(run, preparers), crew, seat) if workflow else None


def coming_turn(run: Run, subject: Any, seat: Seat, crew: Crew) -> Turn | None:
    """Return whose turn a person's step is: the open one, or the one that follows the machine's steps; None when no
    person's step follows.

    `subject` is what the run is about: which steps apply depends on its facts.
    """
    workflow, opened = definition(run.workflow, run.version), run.open_step()
    if workflow is None or opened is None:
        return None
    names = standing(workflow, run.done())
    coming: Step | None = workflow.step(opened.name)
    while coming is not None and not isinstance(coming, Human | Unless):
        names.append(coming.name)
        coming = next_step(workflow, subject, names)
    preparers: frozenset[UUID | None] = getattr(subject, "preparers", frozenset())
    return turn_of(run, coming.name, seat, crew, preparers) if isinstance(coming, Human) else None


def before_of(run: Run, preparers: frozenset[UUID | None] = frozenset()) -> Before:
    """Return who did what in this run until now."""
    done = {row.name: _people(row.done_by, row.done_for) for row in run.done()}
    asks = run.workflow in KEEPS_SECOND_PERSON and "approve" in done
    alone = steps_done_alone(run.id) if asks else ()
    return Before(done, _people(*preparers), frozenset(alone))


def _people(*ids: UUID | None) -> frozenset[UUID]:
    return frozenset(who for who in ids if who is not None)


def _task(row: Any, seat: Seat, crew: Crew) -> Task:
    of_breach, workflow = row["workflow"] == "ap_notification", definition(row["workflow"], row["version"])
    done = {name: frozenset(UUID(who) for who in people if who) for name, people in row["done"].items()}
    before = Before(done, _people(*row["prepared_by"]), frozenset(row["done_alone"]))
    known = workflow is not None and any(step.name == row["step"] for step in workflow.steps)
    whose = turn(workflow, row["step"], before, crew, seat) if workflow and known else None
    confirms = of_breach and row["decided_at"] is None and seat("confirm_receipt") is not None
    receipt = receipt_comes_first(row["origin"], row["acknowledged_at"], confirms)
    values = {name: row[name] for name in row if name not in ONLY_ASKED}
    return Task(**values, turn=whose, receipt_first=receipt)
