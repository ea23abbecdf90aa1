"""Mails to those whose turn it is: one for each person, however many steps began to wait together.

First a clock process writes down, for one organisation, who must be told about which step (`note_turns`). A moment
later it asks again, for each organisation, who can still do those steps (`drop_lost_turns`). Then it gathers what
stands there for one person, at all their organisations, and plans one mail (`mail_turns`). Each is one transaction, so
that a process that dies leaves nothing half done and nobody is told twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.identity.users import User, members_of
from tenants.isolation import acting_for, acting_for_nobody, acting_organisation
from workflows.decisions.overview import Task, tasks
from workflows.engine.claims import known_definitions
from workflows.engine.steps import Workflow
from workflows.mail.own_people import own_closed_days, wanting
from workflows.mail.reminding import ACTIVE
from workflows.mail.turn_moments import Moment, moment_at
from workflows.mail.your_turn import WaitingStep, plan_turn_mail

GATHERED_S = 20
"""For how many seconds what comes together for one person is gathered in one mail."""
TWO_MINUTES = timedelta(minutes=2)
# A step that somebody holds is about to be done: it is left for the next tick.
DUE = text("""
select s.id, coalesce(cast(:at as timestamptz), now()) as now,
       (select case when d.name <> s.name then d.done_by end from step d
         where d.organisation_id = s.organisation_id and d.run_id = s.run_id and d.state = 'done'
         order by coalesce(d.done_nth, 0) desc, d.done_at desc, d.id desc limit 1) as last_by,
       array(select moment from clock c, unnest(c.moments) as moment
              where c.organisation_id = s.organisation_id and c.run_id = s.run_id and c.state = 'running') as reminders
  from step s join run r on r.organisation_id = s.organisation_id and r.id = s.run_id
 where s.organisation_id = :organisation and s.kind = 'human' and s.state = 'waiting'
   and s.turn_at <= (select coalesce(cast(:at as timestamptz), now()))
   and concat(r.workflow, '@', r.version) = any(:known)
 order by s.turn_at, s.id limit :most for update of s skip locked
""")
NOTE = text("""
select note_turn_mail(cast(:steps as uuid[]), cast(:people as uuid[]), cast(:occasions as integer[]),
                      cast(:due as uuid[]), cast(:next as timestamptz[]))
""")
PEOPLE = text("select user_id, home from people_with_turn_mail(:gathered, :most)")
WRITTEN = text("""
select t.step_id, t.user_id from turn_mail t
 where t.organisation_id = :organisation and t.user_id = any(:people) and t.mailed_at is null
""")
PLACES = text("select places_with_turn_mail(cast(:people as uuid[]))")
DROP = text("select drop_turn_mail(cast(:steps as uuid[]), cast(:people as uuid[]))")
TAKE = text("select * from take_turn_mail(:person)")


@dataclass(frozen=True)
class _Due:
    """A waiting step of which a moment has come by `now`, and who did the step before it.

    `last_by` is None where the step itself was done and undone: then nobody read on a page that it waits again.
    `reminders`: when the clocks of its terms remind everybody who can act, and when those terms end.
    """

    id: UUID
    now: datetime
    last_by: UUID | None
    reminders: list[datetime]

    @property
    def is_reminded(self) -> bool:
        """Whether a reminder comes or came within two minutes."""
        return any(abs(moment - self.now) < TWO_MINUTES for moment in self.reminders)


def note_turns(organisation: UUID, catalogue: Mapping[str, Workflow], most: int, at: datetime | None = None) -> int:
    """Write down who must be told about each step of this organisation of which a moment has come, at most `most`.

    Returns how many steps. The database's moment counts, or the moment `at`.
    """
    with acting_for(organisation):
        values = {"organisation": organisation, "known": known_definitions(catalogue), "at": at, "most": most}
        due = [_Due(**row) for row in db.session.execute(DUE, values).mappings()]
        if due:
            _note(due)
        return len(due)


def people_to_mail(most: int, gathered_s: int = GATHERED_S) -> list[tuple[UUID, UUID]]:
    """Return at most `most` people who must be mailed, each with the organisation whose mail it will be."""
    with acting_for_nobody():
        return [(row.user_id, row.home) for row in db.session.execute(PEOPLE, {"gathered": gathered_s, "most": most})]


def places_of_turns(people: Sequence[UUID]) -> list[UUID]:
    """Return the organisations of which a step is written down to mail one of these people about."""
    with acting_for_nobody():
        return list(db.session.scalars(PLACES, {"people": list(people)})) if people else []


def drop_lost_turns(organisation: UUID, *people: UUID) -> int:
    """Ask again which of these people can do the steps of this organisation that they are to be mailed about.

    Who lost a role, or had a part in the decision meanwhile, is not mailed about that step. Returns how many are left
    out.
    """
    with acting_for(organisation):
        values = {"organisation": organisation, "people": list(people)}
        written = {(row.step_id, row.user_id) for row in db.session.execute(WRITTEN, values)}
        asked = list({step for step, _ in written})
        waiting = {task.step_id: task for task in tasks(most=len(asked), steps=asked)}
        lost = sorted((step, who) for step, who in written if not _still_can(who, waiting.get(step)))
        if lost:
            db.session.execute(DROP, {"steps": [step for step, _ in lost], "people": [who for _, who in lost]})
        return len(lost)


def mail_turns(person: UUID, home: UUID) -> int:
    """Plan one mail of the organisation `home` to this person about all that waits; returns for how many steps."""
    with acting_for(home):
        rows = db.session.execute(TAKE, {"person": person}).mappings().all()
        steps = [WaitingStep(**row) for row in rows]
        user = db.session.get_one(User, person)
        return plan_turn_mail(user, steps) if steps else 0


def _note(due: Sequence[_Due]) -> None:
    members = members_of(acting_organisation())
    users = {user.id: user for user, _ in members}
    reads_reminders = {user.id for user, role in members if role in ACTIVE and user.mail_reminder}
    waiting = {task.step_id: task for task in tasks(most=len(due), steps=[row.id for row in due])}
    closed = own_closed_days()
    values: dict[str, list[Any]] = {name: [] for name in ("steps", "people", "occasions", "due", "next")}
    for row in due:
        task = waiting.get(row.id)
        moment = moment_at(row.now, task.ready_at, task.alarm_at, closed, row.reminders) if task else Moment(0, None)
        begins = moment.occasion == 0
        # Who did the step before it has just seen that it waits; a reminder says it again in place of this mail.
        has_read = {row.last_by} if begins else reads_reminders if row.is_reminded else set()
        for person in _to_tell(task, users) - has_read if task else ():
            values["steps"].append(row.id)
            values["people"].append(person)
            values["occasions"].append(moment.occasion)
        values["due"].append(row.id)
        values["next"].append(moment.next_at)
    db.session.execute(NOTE, values)


def _still_can(person: UUID, task: Task | None) -> bool:
    """Return whether this person can do the step; also when only a newer build knows whose turn it is."""
    return task is not None and (task.turn is None or person in task.persons)


def _to_tell(task: Task, users: Mapping[UUID, User]) -> set[UUID]:
    """Return whoever can do the step now and wants to be told."""
    return {user.id for user in wanting([users[who] for who in task.persons if who in users], "mail_turn")}
